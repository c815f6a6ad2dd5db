import { type ReactNode, useState } from "react";
import type { Asked, Offer } from "../api/answers";
import type { Picture } from "../charts/picture";
import { useLanguage } from "../i18n/language";
import { useExplorer } from "../state/context";
import { Downloads } from "./Downloads";
import { QueryPanel } from "./QueryPanel";

interface Props {
  asked: Asked[];
  /** Files beside those that answer the questions. */
  more?: Offer[];
  picture?: Picture | null;
  /** What is chosen in this view alone. */
  children?: ReactNode;
}

/** The line above a view: its own choices, its query and its files. */
export function ViewBar({ asked, more = [], picture = null, children }: Props) {
  const { t } = useLanguage();
  const { state } = useExplorer();
  const [open, setOpen] = useState(false);
  return (
    <div className="view-bar">
      <div className="view-choices">{children}</div>
      <div className="view-tools">
        {asked.length > 0 && (
          <button type="button" onClick={() => setOpen(true)}>
            {t.query}
          </button>
        )}
        <Downloads offers={[...asked, ...more]} picture={picture} name={`countyql-${state.view}`} />
      </div>
      {open && <QueryPanel asked={asked} onClose={() => setOpen(false)} />}
    </div>
  );
}

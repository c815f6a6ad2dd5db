import { useEffect, useState } from "react";
import { client } from "../api/answers";
import { watchSnapshot } from "../api/refresh";
import { useLanguage } from "../i18n/language";

/** Offers the figures of a snapshot that is published while the page is open. The view stays as it is. */
export function NewData({ current }: { current: string }) {
  const { t } = useLanguage();
  const [published, setPublished] = useState<string | null>(null);
  useEffect(() => watchSnapshot(current, setPublished), [current]);
  const offered = published !== null && published !== current;
  return (
    <div className="toasts" role="status">
      {offered && (
        <div className="toast">
          <span>{t.newData}</span>
          <button
            type="button"
            className="primary"
            onClick={() => {
              setPublished(null);
              void client.invalidateQueries();
            }}
          >
            {t.showNew}
          </button>
          <button type="button" className="plain" onClick={() => setPublished(null)}>
            {t.later}
          </button>
        </div>
      )}
    </div>
  );
}

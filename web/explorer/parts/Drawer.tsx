import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useLanguage } from "../i18n/language";

interface Props {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** On which side it stands. */
  side?: "left" | "right";
  footer?: ReactNode;
}

/** A modal panel at the side of the page: it keeps the focus, Escape and a click beside it close it. */
export function Drawer({ title, onClose, children, side = "right", footer }: Props) {
  const { t } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // Closed before it leaves the page, so that the focus goes back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // A dialog looks for the attribute of HTML, which React does not write.
    element?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => element?.close();
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what a click beside the panel does.
    <dialog
      ref={dialog}
      className={`drawer ${side}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="drawer-body">
        <header>
          <h2 id={heading}>{title}</h2>
          <button type="button" className="plain icon" aria-label={t.close} onClick={onClose}>
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M5 5l10 10M15 5L5 15" />
            </svg>
          </button>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <section className="drawer-content" tabIndex={0} aria-labelledby={heading}>
          {children}
        </section>
        {footer && <footer>{footer}</footer>}
      </div>
    </dialog>
  );
}

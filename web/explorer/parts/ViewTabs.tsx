import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useLanguage } from "../i18n/language";
import { useExplorer } from "../state/context";
import { type View, views } from "../state/state";

/** The views as tabs: arrow keys go from one to the next. */
export function ViewTabs({ children }: { children: ReactNode }) {
  const { t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const list = useRef<HTMLDivElement>(null);
  const show = (view: View) => dispatch({ type: "set", change: { view } });

  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>(`#tab-${state.view}`);
    tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [state.view]);

  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = by && views[(views.indexOf(state.view) + by + views.length) % views.length];
    if (next) {
      event.preventDefault();
      show(next);
      list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
    }
  };
  return (
    <div className="tabs-bar">
      {children}
      <div className="tabs" role="tablist" aria-label={t.viewsLabel} ref={list} onKeyDown={step}>
        {views.map((view) => (
          <button
            key={view}
            id={`tab-${view}`}
            type="button"
            role="tab"
            aria-selected={state.view === view}
            aria-controls="view"
            tabIndex={state.view === view ? 0 : -1}
            onClick={() => show(view)}
          >
            {t.views[view]}
          </button>
        ))}
      </div>
    </div>
  );
}

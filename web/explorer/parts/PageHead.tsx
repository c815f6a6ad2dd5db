import { useState } from "react";
import icon from "../../shared/icon.svg";
import { chooseTheme, chosenTheme, type Theme } from "../charts/theme";
import { useLanguage } from "../i18n/language";
import { useExplorer } from "../state/context";

const themes = ["auto", "light", "dark"] as const;

/** The head of the page: name, playground, link to this view, colours, language. */
export function PageHead() {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 3000);
  };
  return (
    <header className="page-head">
      <a className="brand" href="/">
        <img src={icon} alt="" width="24" height="24" />
        countyql
      </a>
      <p className="lead">{t.lead}</p>
      <nav>
        <a href="/playground/">{t.playground}</a>
        <button
          type="button"
          className="plain icon"
          aria-label={t.copyLink}
          title={t.copyLink}
          onClick={copy}
        >
          <svg viewBox="0 0 20 20" aria-hidden="true">
            {copied ? (
              <path d="M4 10.5l4 4 8-9" />
            ) : (
              <path d="M8.5 11.5a3.5 3.5 0 0 0 5 0l2.5-2.5a3.5 3.5 0 0 0-5-5L9.8 5.2M11.5 8.5a3.5 3.5 0 0 0-5 0L4 11a3.5 3.5 0 0 0 5 5l1.2-1.2" />
            )}
          </svg>
        </button>
        <span className="visually-hidden" role="status">
          {copied ? t.linkCopied : ""}
        </span>
        <span className="theme">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="10" cy="10" r="7" />
            <path d="M10 3a7 7 0 0 1 0 14z" />
          </svg>
          <select
            aria-label={t.theme}
            value={theme}
            onChange={(event) => {
              const next = event.target.value as Theme;
              setTheme(next);
              chooseTheme(next);
            }}
          >
            {themes.map((each) => (
              <option key={each} value={each}>
                {t.themes[each]}
              </option>
            ))}
          </select>
        </span>
        <button
          type="button"
          className="plain"
          lang={lang === "en" ? "zh-Hans" : "en"}
          aria-label={t.otherLanguageLabel}
          onClick={() => dispatch({ type: "set", change: { lang: lang === "en" ? "zh" : "en" } })}
        >
          {t.otherLanguage}
        </button>
      </nav>
    </header>
  );
}

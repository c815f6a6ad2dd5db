import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { client, type Standing } from "../api/answers";
import { type AskError, type ServerError, setToken } from "../api/ask";
import { useLanguage } from "../i18n/language";
import { warningWords } from "../i18n/warning-words";
import { useNames } from "../state/context";

/** After so long a query is called slow. */
const slowMilliseconds = 3000;

/** The view's content as its questions stand: waiting, failed, or there. */
export function Answered({ standing, children }: { standing: Standing; children: ReactNode }) {
  if (standing.failure) {
    return <Failure error={standing.failure} retry={standing.retry} />;
  }
  if (standing.pending) {
    return <Waiting />;
  }
  return (
    <div className="answered" aria-busy={standing.busy}>
      {standing.busy && <Progress />}
      {standing.errors.length > 0 && <PartErrors errors={standing.errors} />}
      {children}
    </div>
  );
}

/** A line that moves while something is asked. */
function Progress() {
  const { t } = useLanguage();
  return (
    <div className="progress" role="progressbar" aria-label={t.loading}>
      <span />
    </div>
  );
}

export function Waiting() {
  const { t } = useLanguage();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowMilliseconds);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="waiting" aria-busy="true">
      <Progress />
      <p role="status">{slow ? t.slow : t.loading}</p>
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

/** Why nothing could be answered, what to do, and a way to do it. */
export function Failure({ error, retry }: { error: AskError; retry: () => void }) {
  const { lang, t } = useLanguage();
  const known = t.errors[error.code];
  const details = error.errors[0]?.extensions;
  const folded = known && lang !== "en"; // the server's words, which have the suggestions in them
  const suggestions = folded ? (details?.suggestions ?? []) : [];
  return (
    <div className="failure" role="alert">
      <h3>{t.errorTitle}</h3>
      {known && <p>{known}</p>}
      {error.errors.length > 0 && folded && <ServersWords code={error.code} message={error.message} />}
      {error.errors.length > 0 && !folded && (
        <p className={known ? "muted" : ""} lang="en">
          {error.message}
        </p>
      )}
      {suggestions.length > 0 && <p>{t.pair(t.suggestions, suggestions.join("、"))}</p>}
      {details?.requestId && <p className="muted">{t.request(details.requestId)}</p>}
      {error.code === "UNAUTHENTICATED" ? (
        <TokenForm />
      ) : (
        <button type="button" onClick={retry}>
          {t.tryAgain}
        </button>
      )}
    </div>
  );
}

/** What an error is about, and what the server says of it where that is not the language of the page. */
function ServersWords({ code, message }: { code: string; message: string }) {
  const { t } = useLanguage();
  const about = code.startsWith("UNKNOWN_") && /"([^"]+)"/.exec(message)?.[1];
  return (
    <>
      {about && (
        <p>
          <code>{about}</code>
        </p>
      )}
      <details>
        <summary>{t.inServersWords}</summary>
        <p className="muted" lang="en">
          {message}
        </p>
      </details>
    </>
  );
}

function TokenForm() {
  const { t } = useLanguage();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setToken(String(new FormData(event.currentTarget).get("token") ?? "").trim());
    void client.resetQueries();
  };
  return (
    <form className="token" onSubmit={submit}>
      <label>
        {t.tokenLabel}
        <input name="token" type="password" autoComplete="off" required />
      </label>
      <button type="submit">{t.useToken}</button>
    </form>
  );
}

function PartErrors({ errors }: { errors: ServerError[] }) {
  const { lang, t } = useLanguage();
  const distinct = [...new Map(errors.map((error) => [error.message, error])).values()];
  return (
    <div className="notes alert" role="alert">
      <strong>{t.partErrors}</strong>
      <ul>
        {distinct.map(({ message, extensions: { code = "" } = {} }) => {
          const known = t.errors[code];
          return (
            <li key={message}>
              {known}
              {known && lang !== "en" ? (
                <ServersWords code={code} message={message} />
              ) : (
                <span className="muted" lang="en">
                  {" "}
                  {message}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** What should be known before the figures are used: by its kind, and what it concerns. */
export function Notes({ warnings }: { warnings: { code: string; message: string }[] }) {
  const { lang, t } = useLanguage();
  const names = useNames();
  const distinct = [
    ...new Map(warnings.map((warning) => [warning.code + warning.message, warning])).values(),
  ];
  if (distinct.length === 0) {
    return null;
  }
  const codes = [...new Set(distinct.map(({ code }) => code))];
  return (
    <details className="notes">
      <summary>
        {t.notes}
        <span className="badge">{codes.length}</span>
      </summary>
      <ul>
        {codes.map((code) => (
          <li key={code}>
            {t.warnings[code] ?? code}
            <ul>
              {distinct
                .filter((warning) => warning.code === code)
                .map(({ message }) => {
                  const said = warningWords(message, lang, names);
                  return (
                    <li key={message} lang={said ? undefined : "en"}>
                      {said ?? message}
                    </li>
                  );
                })}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  );
}

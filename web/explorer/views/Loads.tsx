import type { SourcesQuery } from "../api/operations.generated";
import { bytes, count } from "../format/numbers";
import { timeText } from "../format/periods";
import { useLanguage } from "../i18n/language";

/** The loads that built the snapshot, newest first, with what each read and brought. */
export function Loads({ loads }: { loads: SourcesQuery["loads"]["nodes"] }) {
  const { lang, t } = useLanguage();
  return (
    <section className="card" aria-label={t.loads}>
      <header className="card-head">
        <h3>{t.loads}</h3>
      </header>
      <ul className="loads">
        {loads.map((load) => {
          const facts: [string, number | null][] = [
            [t.added, load.added],
            [t.revised, load.revised],
            [t.withdrawn, load.withdrawn],
            [t.unchanged, load.unchanged],
            [t.rejected, load.rejected],
          ];
          return (
            <li key={load.id}>
              <p>
                <strong>{timeText(load.finishedAt, lang)}</strong> <code>{load.id}</code>
              </p>
              <p className="muted">
                {facts
                  .filter(([, number]) => number !== null)
                  .map(([label, number]) => `${label} ${count(number ?? 0, lang)}`)
                  .join(" · ")}
              </p>
              {load.files.length > 0 && (
                <ul className="files">
                  {load.files.map((file) => (
                    <li key={file.name + file.sha256}>
                      {file.name}{" "}
                      <span className="muted">
                        {count(file.rows, lang)} {t.rows}, {bytes(file.bytes, lang)},{" "}
                        <code title={file.sha256}>{file.sha256.slice(0, 12)}…</code>
                      </span>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

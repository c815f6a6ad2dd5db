import type { SourcesQuery } from "../api/operations.generated";
import { count } from "../format/numbers";
import { timeText } from "../format/periods";
import { useLanguage } from "../i18n/language";
import { Scroller } from "../parts/Scroller";

/** The kept snapshots, newest first. */
export function Snapshots({
  snapshots,
  current,
}: {
  snapshots: SourcesQuery["snapshots"]["nodes"];
  current: string;
}) {
  const { lang, t } = useLanguage();
  const number = (value: number | null) => (value === null ? "" : count(value, lang));
  return (
    <section className="card" aria-label={t.snapshots}>
      <header className="card-head">
        <h3>{t.snapshots}</h3>
      </header>
      <Scroller label={t.tableOf(t.snapshots)}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.publishedOn}</th>
              <th scope="col">ID</th>
              <th scope="col" className="number">
                {t.figures}
              </th>
              <th scope="col" className="number">
                {t.regions}
              </th>
              <th scope="col" className="number">
                {t.indicators}
              </th>
            </tr>
          </thead>
          <tbody>
            {snapshots.map(({ id, publishedAt, observations, regions, indicators }) => (
              <tr key={id}>
                <th scope="row">
                  {timeText(publishedAt, lang)} {id === current && <span className="badge">{t.current}</span>}
                </th>
                <td>
                  <code>{id}</code>
                </td>
                <td className="number">{number(observations)}</td>
                <td className="number">{number(regions)}</td>
                <td className="number">{number(indicators)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </section>
  );
}

import { useState } from "react";
import { useAnswer } from "../api/answers";
import { ChangesDocument, type SourcesQuery } from "../api/operations.generated";
import { count, shortValue } from "../format/numbers";
import { timeText } from "../format/periods";
import { useLanguage } from "../i18n/language";
import { Choice } from "../parts/Fields";
import { Answered, Empty } from "../parts/States";
import { FigureRow } from "./FigureRow";

const pageSize = 20;

type Snapshot = SourcesQuery["snapshots"]["nodes"][number];

/** What the loads since an earlier snapshot brought. */
export function Changes({ snapshots, current }: { snapshots: Snapshot[]; current: string }) {
  const { lang, t } = useLanguage();
  const earlier = ancestors(snapshots, current);
  const [since, setSince] = useState<string | null>(null);
  const [first, setFirst] = useState(pageSize);
  const chosen = since ?? earlier[0]?.id ?? null;
  const { data, ...standing } = useAnswer(ChangesDocument, { since: chosen ?? "", first }, chosen !== null);
  const changes = data?.changes;
  return (
    <section className="card" aria-label={t.whatChanged}>
      <header className="card-head row">
        <h3>
          {t.whatChanged}
          {changes && changes.totalCount > 0 && (
            <span className="badge">{count(changes.totalCount, lang)}</span>
          )}
        </h3>
        {chosen && (
          <Choice
            label={t.since}
            value={chosen}
            options={earlier.map(({ id, publishedAt }) => ({
              value: id,
              label: timeText(publishedAt, lang),
            }))}
            onChange={setSince}
          />
        )}
      </header>
      {chosen ? (
        <Answered standing={standing}>
          {changes?.totalCount === 0 && <Empty>{t.nothingChanged}</Empty>}
          {changes?.nodes.map(({ kind, observation, previous }) => (
            <div className="change" key={observation.id}>
              <span className={`badge ${kind}`}>{t.changeKinds[kind]}</span>
              <FigureRow figure={observation}>
                {previous && (
                  <small className="muted">
                    {t.before}{" "}
                    {previous.value === null
                      ? t.reasons[previous.missing ?? "UNKNOWN"]
                      : shortValue(previous.value, previous.unit, previous.precision, lang)}
                  </small>
                )}
              </FigureRow>
            </div>
          ))}
          {changes && changes.totalCount > changes.nodes.length && (
            <button type="button" onClick={() => setFirst(first + 5 * pageSize)}>
              {t.showMore(count(Math.min(5 * pageSize, changes.totalCount - changes.nodes.length), lang))}
            </button>
          )}
        </Answered>
      ) : (
        <Empty>{t.oneSnapshot}</Empty>
      )}
    </section>
  );
}

/** The kept snapshots that the current one was built on, newest first: only since those can changes be told. */
function ancestors(snapshots: Snapshot[], current: string): Snapshot[] {
  const byId = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const found: Snapshot[] = [];
  let next = byId.get(byId.get(current)?.parent ?? "");
  while (next && !found.includes(next)) {
    found.push(next);
    next = byId.get(next.parent ?? "");
  }
  return found;
}

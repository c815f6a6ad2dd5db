import { useState } from "react";
import { useAnswer } from "../api/answers";
import { SourceFiguresDocument, type SourcesQuery } from "../api/operations.generated";
import { count } from "../format/numbers";
import { dayText } from "../format/periods";
import { useLanguage } from "../i18n/language";
import { Answered } from "../parts/States";
import { FigureRow } from "./FigureRow";

const pageSize = 20;

type Source = SourcesQuery["sources"]["nodes"][number];

/** A document, and on demand the figures that come from it. */
export function SourceCard({ source }: { source: Source }) {
  const { lang, t } = useLanguage();
  const [open, setOpen] = useState(false);
  const figures = source.observations.totalCount;
  return (
    <li className="source">
      <h4>{source.title}</h4>
      <p className="muted">
        {[source.publisher, source.publishedOn ? dayText(source.publishedOn, lang) : t.undated]
          .filter(Boolean)
          .join(" · ")}
        {source.publishedInferred && ` (${t.inferredDay})`}
      </p>
      {source.licence && (
        <p className="muted" lang="en">
          {source.licence}
        </p>
      )}
      {figures > 0 && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {t.showFigures} ({count(figures, lang)})
          </summary>
          {open && <SourceFigures code={source.code} />}
        </details>
      )}
    </li>
  );
}

function SourceFigures({ code }: { code: string }) {
  const { lang, t } = useLanguage();
  const [first, setFirst] = useState(pageSize);
  const { data, ...standing } = useAnswer(SourceFiguresDocument, { code, first });
  const found = data?.source.observations;
  return (
    <Answered standing={standing}>
      {found?.nodes.map((figure) => (
        <FigureRow key={figure.id} figure={figure} />
      ))}
      {found && found.totalCount > found.nodes.length && (
        <button type="button" onClick={() => setFirst(first + 5 * pageSize)}>
          {t.showMore(count(Math.min(5 * pageSize, found.totalCount - found.nodes.length), lang))}
        </button>
      )}
    </Answered>
  );
}

import type { CatalogueQuery } from "../api/operations.generated";
import { count } from "../format/numbers";
import { timeText } from "../format/periods";
import { useLanguage } from "../i18n/language";

export type Published = CatalogueQuery["snapshot"];

/** The foot of the page: which snapshot is shown, and what else the server has. */
export function PageFoot({ snapshot }: { snapshot: Published }) {
  const { lang, t } = useLanguage();
  const sizes: [string, number | null][] = [
    [t.figures, snapshot.observations],
    [t.regions, snapshot.regions],
    [t.indicators, snapshot.indicators],
  ];
  return (
    <footer className="page-foot">
      <p>
        {t.snapshot} <code>{snapshot.id}</code> · {timeText(snapshot.publishedAt, lang)}
        {sizes.map(([label, size]) => size !== null && ` · ${label} ${count(size, lang)}`)}
      </p>
      <p>
        <a href="/schema.graphql">{t.schema}</a> <a href="/licences.txt">{t.licences}</a>
      </p>
    </footer>
  );
}

import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { client, useAnswer } from "./api/answers";
import { CatalogueDocument, type CatalogueQuery, RegionTreeDocument } from "./api/operations.generated";
import { EvidencePanel } from "./evidence/EvidencePanel";
import { learnUnits } from "./format/units";
import { LanguageProvider, preferredLanguage, useLanguage } from "./i18n/language";
import { NewData } from "./parts/NewData";
import { Page } from "./parts/Page";
import { Failure, Waiting } from "./parts/States";
import { useParts } from "./pickers/slices";
import { useAddress } from "./state/address";
import { ExplorerProvider } from "./state/context";
import { opening } from "./state/opening";
import type { State } from "./state/state";
import { fromQuery } from "./state/url";

const languageKey = "countyql:lang";

/** The explorer: reads the catalogue, then shows what the address says. */
export function App() {
  const [lang] = useState(() =>
    preferredLanguage([localStorage.getItem(languageKey) ?? "", ...navigator.languages]),
  );
  const [initial] = useState(() => fromQuery(location.search, lang));
  return (
    <QueryClientProvider client={client}>
      <LanguageProvider value={initial.lang}>
        <Catalogue initial={initial} />
      </LanguageProvider>
    </QueryClientProvider>
  );
}

function Catalogue({ initial }: { initial: State }) {
  const { data, failure, retry } = useAnswer(CatalogueDocument, {});
  if (failure) {
    return (
      <main className="alone">
        <Failure error={failure} retry={retry} />
      </main>
    );
  }
  return data ? (
    <Explorer initial={initial} catalogue={data} />
  ) : (
    <main className="alone">
      <Waiting />
    </main>
  );
}

function Explorer({ initial, catalogue }: { initial: State; catalogue: CatalogueQuery }) {
  const [state, dispatch] = useAddress(() => opening(initial, catalogue), initial.lang);
  useMemo(() => learnUnits(catalogue.indicators.nodes), [catalogue]);
  const tree = useAnswer(RegionTreeDocument, {});
  const [indicators, setIndicators] = useState(() => byCode(catalogue.indicators.nodes));
  const [regions, setRegions] = useState(() => byCode(tree.data?.regions.nodes ?? []));
  useEffect(() => setIndicators(byCode(catalogue.indicators.nodes)), [catalogue]);
  useEffect(() => setRegions(byCode(tree.data?.regions.nodes ?? [])), [tree.data]);
  const chosen = [...new Set(state.measures.map(({ code }) => code))].flatMap(
    (code) => indicators.get(code) ?? [],
  );
  const parts = useParts(chosen);
  return (
    <LanguageProvider value={state.lang}>
      <ExplorerProvider value={{ state, dispatch, indicators, regions, parts }}>
        <DocumentLanguage />
        <Page snapshot={catalogue.snapshot} />
        {state.evidence && <EvidencePanel evidence={state.evidence} />}
        <NewData current={catalogue.snapshot.id} />
      </ExplorerProvider>
    </LanguageProvider>
  );
}

/** Renders nothing: tells the browser the language and title of the page, and keeps the language for the next visit. */
function DocumentLanguage() {
  const { lang, t } = useLanguage();
  useEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-Hans" : "en";
    document.title = t.title;
    localStorage.setItem(languageKey, lang);
  }, [lang, t]);
  return null;
}

function byCode<T extends { code: string }>(list: T[]): Map<string, T> {
  return new Map(list.map((each) => [each.code, each]));
}

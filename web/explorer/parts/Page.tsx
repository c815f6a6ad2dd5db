import { lazy, Suspense, useEffect, useState } from "react";
import { useLanguage } from "../i18n/language";
import { Selection } from "../pickers/Selection";
import { useExplorer } from "../state/context";
import type { View } from "../state/state";
import { CompareView } from "../views/CompareView";
import { MatrixView } from "../views/MatrixView";
import { Drawer } from "./Drawer";
import { PageFoot, type Published } from "./PageFoot";
import { PageHead } from "./PageHead";
import { Waiting } from "./States";
import { ViewTabs } from "./ViewTabs";

// What draws charts comes with the library that draws them.
const TrendView = lazy(() => import("../views/TrendView").then((module) => ({ default: module.TrendView })));
const RelateView = lazy(() =>
  import("../views/RelateView").then((module) => ({ default: module.RelateView })),
);
const DistributionView = lazy(() =>
  import("../views/DistributionView").then((module) => ({ default: module.DistributionView })),
);
const CoverageView = lazy(() =>
  import("../views/CoverageView").then((module) => ({ default: module.CoverageView })),
);
const SourcesView = lazy(() =>
  import("../views/SourcesView").then((module) => ({ default: module.SourcesView })),
);

const shown: Record<View, React.ComponentType> = {
  compare: CompareView,
  matrix: MatrixView,
  trend: TrendView,
  relate: RelateView,
  distribution: DistributionView,
  coverage: CoverageView,
  sources: SourcesView,
};

// As in layout.css: beside the figures there is room for the selection.
const wide = matchMedia("(min-width: 62rem)");

function useWide(): boolean {
  const [is, set] = useState(wide.matches);
  useEffect(() => {
    const update = () => set(wide.matches);
    wide.addEventListener("change", update);
    return () => wide.removeEventListener("change", update);
  }, []);
  return is;
}

/** The whole page: the selection beside the views or, where there is no room, behind a button. */
export function Page({ snapshot }: { snapshot: Published }) {
  const { t } = useLanguage();
  const { state } = useExplorer();
  const isWide = useWide();
  const [choosing, setChoosing] = useState(false);
  const ViewShown = shown[state.view];
  return (
    <>
      <a className="skip" href="#figures">
        {t.skip}
      </a>
      <PageHead />
      <div className="page">
        {isWide && (
          <aside aria-label={t.selection}>
            <Selection />
          </aside>
        )}
        <main id="figures" tabIndex={-1}>
          <h1 className="visually-hidden">{t.title}</h1>
          <ViewTabs>
            {!isWide && (
              <button type="button" className="choose" onClick={() => setChoosing(true)}>
                {t.selection}
              </button>
            )}
          </ViewTabs>
          <section id="view" role="tabpanel" aria-labelledby={`tab-${state.view}`}>
            <h2 className="visually-hidden">{t.views[state.view]}</h2>
            <Suspense fallback={<Waiting />}>
              <ViewShown />
            </Suspense>
          </section>
        </main>
      </div>
      <PageFoot snapshot={snapshot} />
      {choosing && !isWide && (
        <Drawer
          title={t.selection}
          side="left"
          onClose={() => setChoosing(false)}
          footer={
            <button type="button" className="primary" onClick={() => setChoosing(false)}>
              {t.done}
            </button>
          }
        >
          <Selection />
        </Drawer>
      )}
    </>
  );
}

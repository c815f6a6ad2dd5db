import pinyin from "pinyin-match";
import { useDeferredValue, useState } from "react";
import { useAnswer } from "../api/answers";
import { SearchDocument } from "../api/operations.generated";
import { nameIn, useLanguage } from "../i18n/language";
import { Drawer } from "../parts/Drawer";
import { useExplorer } from "../state/context";
import { PeerPicker } from "./PeerPicker";
import { RegionTree } from "./RegionTree";

/** Chooses regions: by name, by the tree, or a region with its peers. */
export function RegionPicker({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const [text, setText] = useState("");
  const sought = useDeferredValue(text.trim());
  return (
    <Drawer
      title={t.addRegion}
      onClose={onClose}
      side="left"
      footer={
        <button type="button" className="primary" onClick={onClose}>
          {t.done}
        </button>
      }
    >
      <input
        type="search"
        className="search"
        aria-label={t.search}
        placeholder={t.searchRegions}
        value={text}
        data-first
        onChange={(event) => setText(event.target.value)}
      />
      {sought ? (
        <FoundRegions text={sought} />
      ) : (
        <>
          <PeerPicker onDone={onClose} />
          <h3>{t.tree}</h3>
          <RegionTree />
        </>
      )}
    </Drawer>
  );
}

/** So many regions are listed. */
const mostFound = 60;

function FoundRegions({ text }: { text: string }) {
  const { lang, t } = useLanguage();
  const { state, dispatch, regions } = useExplorer();
  const { data, busy, pending } = useAnswer(SearchDocument, { text });
  const hits = (data?.search ?? []).flatMap(({ node }) => (node.__typename === "Region" ? [node] : []));
  // What the server found first; then those whose name is spelt so, which the server does not know of every one.
  const spelt = [...regions.values()].filter(({ name }) => pinyin.match(name, text));
  const found = [...new Map([...hits, ...spelt].map((region) => [region.code, region])).values()]
    .slice(0, mostFound)
    .map((region) => ({ ...region, parent: regions.get(region.parent?.code ?? "") }));
  if (found.length === 0) {
    return <p className="empty">{busy || pending ? t.loading : t.noRegion}</p>;
  }
  return (
    <ul aria-label={t.found}>
      {found.map((region) => (
        <li key={region.code} className="tree-line">
          <label className="offer">
            <input
              type="checkbox"
              checked={state.regions.codes.includes(region.code)}
              onChange={() => dispatch({ type: "toggleRegion", code: region.code })}
            />
            <span>
              {nameIn(lang, region)}
              <small>
                {region.code}
                {region.parent && ` · ${nameIn(lang, region.parent)}`}
              </small>
            </span>
          </label>
          {region.level !== "COUNTY" && region.level !== "TOWNSHIP" && region.level !== "COMMUNITY" && (
            <button
              type="button"
              className="link"
              aria-pressed={state.regions.within.includes(region.code)}
              aria-label={t.allOf(nameIn(lang, region))}
              onClick={() => dispatch({ type: "toggleWithin", code: region.code })}
            >
              {state.regions.within.includes(region.code) ? "✓ " : ""}
              {t.addAllOf}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

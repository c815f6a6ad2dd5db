import { useMemo, useState } from "react";
import { nameIn, useLanguage } from "../i18n/language";
import { type RegionInfo, useExplorer } from "../state/context";

/** The regions by country, province and prefecture; what is inside of one is listed when it is opened. */
export function RegionTree() {
  const { t } = useLanguage();
  const { regions } = useExplorer();
  const children = useMemo(() => {
    const found = new Map<string, RegionInfo[]>();
    for (const region of regions.values()) {
      const parent = region.parent?.code ?? "";
      found.set(parent, [...(found.get(parent) ?? []), region]);
    }
    return found;
  }, [regions]);
  const roots = children.get("") ?? [];
  if (roots.length === 0) {
    return <p className="empty">{t.loading}</p>;
  }
  // One country needs no line of its own to be opened.
  const only = roots.length === 1 ? roots[0] : undefined;
  const top = (only && children.get(only.code)) || roots;
  return (
    <ul className="tree">
      {top.map((region) => (
        <Branch key={region.code} region={region} childrenOf={children} />
      ))}
    </ul>
  );
}

function Branch({ region, childrenOf }: { region: RegionInfo; childrenOf: Map<string, RegionInfo[]> }) {
  const { lang, t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const [open, setOpen] = useState(false);
  const inside = childrenOf.get(region.code) ?? [];
  const name = nameIn(lang, region);
  const all = state.regions.within.includes(region.code);
  return (
    <li>
      <div className="tree-line">
        {inside.length > 0 ? (
          <button
            type="button"
            className="plain icon twist"
            aria-expanded={open}
            aria-label={t.open(name)}
            onClick={() => setOpen(!open)}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M8 5l5 5-5 5" />
            </svg>
          </button>
        ) : (
          <span className="twist" />
        )}
        <label className="offer">
          <input
            type="checkbox"
            checked={state.regions.codes.includes(region.code)}
            onChange={() => dispatch({ type: "toggleRegion", code: region.code })}
          />
          <span>{name}</span>
        </label>
        {inside.length > 0 && (
          <button
            type="button"
            className="link"
            aria-pressed={all}
            aria-label={t.allOf(name)}
            onClick={() => dispatch({ type: "toggleWithin", code: region.code })}
          >
            {all ? "✓ " : ""}
            {t.addAllOf}
          </button>
        )}
      </div>
      {open && (
        <ul>
          {inside.map((child) => (
            <Branch key={child.code} region={child} childrenOf={childrenOf} />
          ))}
        </ul>
      )}
    </li>
  );
}

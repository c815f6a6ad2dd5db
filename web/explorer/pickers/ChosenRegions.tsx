import { useState } from "react";
import { useLanguage } from "../i18n/language";
import { Chip } from "../parts/Fields";
import { useExplorer, useNames } from "../state/context";
import { noRegions, type RegionChoice } from "../state/state";
import { RegionPicker } from "./RegionPicker";

/** So many regions have a chip each. */
const mostChips = 30;

/** The chosen regions as chips; none chosen is every county. */
export function ChosenRegions() {
  const { t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const names = useNames();
  const [picking, setPicking] = useState(false);
  const { regions } = state;
  const set = (change: Partial<RegionChoice>) =>
    dispatch({ type: "set", change: { regions: { ...regions, ...change } } });
  const none = regions.codes.length === 0 && regions.within.length === 0 && !regions.peers;
  return (
    <section aria-labelledby="regions-heading">
      <h2 id="regions-heading">{t.regions}</h2>
      {none ? (
        <p className="hint">{t.everyCountyHint}</p>
      ) : (
        <ul className="chips">
          {regions.peers && (
            <Chip
              label={t.remove(t.peersOf(names.region(regions.peers.region)))}
              onRemove={() => set({ peers: null })}
            >
              {t.peersOf(names.region(regions.peers.region))}
            </Chip>
          )}
          {regions.within.map((code) => (
            <Chip
              key={code}
              label={t.remove(t.allOf(names.region(code)))}
              onRemove={() => dispatch({ type: "toggleWithin", code })}
            >
              {t.allOf(names.region(code))}
            </Chip>
          ))}
          {regions.codes.slice(0, mostChips).map((code) => (
            <Chip
              key={code}
              label={t.remove(names.region(code))}
              onRemove={() => dispatch({ type: "toggleRegion", code })}
            >
              {names.region(code)}
            </Chip>
          ))}
          {regions.codes.length > mostChips && (
            <li className="muted">{t.missingMore(String(regions.codes.length - mostChips))}</li>
          )}
        </ul>
      )}
      <div className="actions">
        <button type="button" onClick={() => setPicking(true)}>
          + {t.addRegion}
        </button>
        {!none && (
          <button
            type="button"
            className="link"
            onClick={() => dispatch({ type: "set", change: { regions: noRegions } })}
          >
            {t.clearRegions}
          </button>
        )}
      </div>
      {picking && <RegionPicker onClose={() => setPicking(false)} />}
    </section>
  );
}

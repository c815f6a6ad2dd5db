import { useState } from "react";
import { useLanguage } from "../i18n/language";
import { Choice, Text } from "../parts/Fields";
import { useExplorer, useNames } from "../state/context";
import { noRegions, type Peers } from "../state/state";

const [defaultBand, defaultNeighbours] = [2, 10];

/** Takes a region with its peers: in the same prefecture, of a like size, or most alike by the chosen indicators. */
export function PeerPicker({ onDone }: { onDone: () => void }) {
  const { t } = useLanguage();
  const { state, dispatch, indicators } = useExplorer();
  const names = useNames();
  const additive = [...indicators.values()].filter(
    ({ rollup, availability }) => rollup.regions === "SUM" && availability.regions > 0,
  );
  const candidates = [
    ...new Set([...(state.regions.peers ? [state.regions.peers.region] : []), ...state.regions.codes]),
  ];
  const [peers, setPeers] = useState<Peers>(
    state.regions.peers ?? {
      region: candidates[0] ?? "",
      by: "SAME_PARENT",
      indicator:
        additive.find(({ code }) => code === "resident_population")?.code ?? additive[0]?.code ?? null,
      amount: 1,
    },
  );
  if (candidates.length === 0) {
    return null;
  }
  const kinds = (["SAME_PARENT", "SIZE_BAND", "NEAREST"] as const).filter(
    (kind) => kind !== "NEAREST" || state.measures.length > 0,
  );
  const choose = (by: Peers["by"]) =>
    setPeers({
      ...peers,
      by,
      amount: by === "SIZE_BAND" ? defaultBand : by === "NEAREST" ? defaultNeighbours : 1,
    });
  return (
    <details className="peers">
      <summary>{t.peerGroup}</summary>
      <Choice
        label={t.peersRegion}
        value={peers.region}
        options={candidates.map((code) => ({ value: code, label: names.region(code) }))}
        onChange={(region) => setPeers({ ...peers, region })}
      />
      <Choice
        label={t.peersKind}
        value={peers.by}
        options={kinds.map((value) => ({ value, label: t.peersBy[value] }))}
        onChange={choose}
      />
      {peers.by === "SIZE_BAND" && (
        <Choice
          label={t.peersSize}
          value={peers.indicator ?? ""}
          options={additive.map(({ code }) => ({ value: code, label: names.indicator(code) }))}
          onChange={(indicator) => setPeers({ ...peers, indicator })}
        />
      )}
      {peers.by !== "SAME_PARENT" && (
        <Text
          type="number"
          label={peers.by === "SIZE_BAND" ? t.peersBand : t.peersCount}
          value={String(peers.amount)}
          onChange={(text) => setPeers({ ...peers, amount: Math.max(1, Number(text) || 1) })}
        />
      )}
      <button
        type="button"
        onClick={() => {
          dispatch({ type: "set", change: { regions: { ...noRegions, peers } } });
          onDone();
        }}
      >
        {t.usePeers}
      </button>
    </details>
  );
}

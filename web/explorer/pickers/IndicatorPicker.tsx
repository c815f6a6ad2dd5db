import pinyin from "pinyin-match";
import { useDeferredValue, useState } from "react";
import { useAnswer } from "../api/answers";
import { SearchDocument } from "../api/operations.generated";
import { count } from "../format/numbers";
import { shownUnit, unitName } from "../format/units";
import { nameIn, topicName, useLanguage } from "../i18n/language";
import { Drawer } from "../parts/Drawer";
import { type IndicatorInfo, useExplorer } from "../state/context";

/** Chooses indicators: by topic, or by name, pinyin or code. */
export function IndicatorPicker({ onClose }: { onClose: () => void }) {
  const { lang, t } = useLanguage();
  const { indicators, state } = useExplorer();
  const [text, setText] = useState("");
  const sought = useDeferredValue(text.trim());
  const { data } = useAnswer(SearchDocument, { text: sought }, sought !== "");
  const all = [...indicators.values()];
  const found = sought ? matching(all, sought, hits(data)) : all;
  const topics = [...new Set(found.map(({ topic }) => topic))];
  const chosen = new Set(state.measures.map(({ code }) => code));
  return (
    <Drawer
      title={t.addIndicator}
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
        placeholder={t.searchIndicators}
        value={text}
        data-first
        onChange={(event) => setText(event.target.value)}
      />
      {found.length === 0 && <p className="empty">{t.noIndicator}</p>}
      {topics.map((topic) => (
        <section key={topic} className="topic" aria-label={topicName(topic, t)}>
          <h3>{topicName(topic, t)}</h3>
          <ul>
            {found
              .filter((info) => info.topic === topic)
              .map((info) => (
                <Offer key={info.code} info={info} chosen={chosen.has(info.code)} />
              ))}
          </ul>
        </section>
      ))}
    </Drawer>
  );

  function Offer({ info, chosen }: { info: IndicatorInfo; chosen: boolean }) {
    const { dispatch } = useExplorer();
    const regions = info.availability.regions;
    const toggle = () => {
      if (!chosen) {
        dispatch({ type: "addMeasure", measure: { code: info.code, slice: [] } });
        return;
      }
      const kept = state.measures.filter(({ code }) => code !== info.code);
      dispatch({ type: "set", change: { measures: kept, focus: 0 } });
    };
    return (
      <li>
        <label className="offer" title={info.description}>
          <input type="checkbox" checked={chosen} onChange={toggle} />
          <span>
            {nameIn(lang, info)}
            <small>
              {unitName(shownUnit(info.unit).code, lang)} · {t.pair(t.rule, t.rules[info.rollup.regions])} ·{" "}
              {info.formula ? t.derived : t.regionsWith(regions, count(regions, lang))}
            </small>
          </span>
        </label>
      </li>
    );
  }
}

/** Codes of the indicators that the server found: it knows pinyin and other names. */
function hits(
  data: { search: { node: { __typename: string } & { code?: string } }[] } | undefined,
): string[] {
  return (data?.search ?? []).flatMap(({ node }) =>
    node.__typename === "Indicator" && node.code ? [node.code] : [],
  );
}

/** What the server found, in its order, then what has the text in a name. */
function matching(all: IndicatorInfo[], text: string, found: string[]): IndicatorInfo[] {
  const lower = text.toLowerCase();
  const named = all.filter(
    ({ code, name, nameEn, aliases }) =>
      [code, name, nameEn, ...aliases].some((each) => each.toLowerCase().includes(lower)) ||
      [name, ...aliases].some((each) => pinyin.match(each, lower)),
  );
  const byCode = new Map(all.map((info) => [info.code, info]));
  return [...new Set([...found.flatMap((code) => byCode.get(code) ?? []), ...named])];
}

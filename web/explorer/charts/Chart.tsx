import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef } from "react";
import { init } from "./echarts";

interface Props {
  option: EChartsCoreOption;
  /** What the chart shows, for those who do not see it. */
  label: string;
  height: number;
  /** A mark was chosen: by the index of its series and of its datum. */
  onPick?: (series: number, datum: number) => void;
}

/** A chart that follows the size of its place. */
export function Chart({ option, label, height, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;

  useEffect(() => {
    const element = place.current;
    if (!element) {
      return;
    }
    const made = init(element, null, { renderer: "svg" });
    chart.current = made;
    made.on("click", ({ seriesIndex, dataIndex, componentType }) => {
      if (componentType === "series" && seriesIndex !== undefined) {
        pick.current?.(seriesIndex, dataIndex);
      }
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption({ animation: false, ...option }, { notMerge: true });
  }, [option]);

  return <div ref={place} className="chart" style={{ height }} role="img" aria-label={label} />;
}

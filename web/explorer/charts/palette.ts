/** Colours of charts. Those of series are told apart with the common colour blindnesses, after Okabe and Ito. */
export interface Palette {
  text: string;
  muted: string;
  line: string;
  surface: string;
  better: string;
  similar: string;
  worse: string;
  neutral: string;
  series: string[];
}

export const light: Palette = {
  text: "#182031",
  muted: "#515b70",
  line: "#dde2eb",
  surface: "#ffffff",
  better: "#0f766e",
  similar: "#7b8499",
  worse: "#c2570c",
  neutral: "#3f66b0",
  series: ["#0072b2", "#d55e00", "#009e73", "#b3508a", "#8a6d00", "#3aa0d8", "#5a5f6b"],
};

export const dark: Palette = {
  text: "#e8ecf3",
  muted: "#adb7c9",
  line: "#364157",
  surface: "#212a3b",
  better: "#43c5b0",
  similar: "#93a0b8",
  worse: "#f09a55",
  neutral: "#7fa3e6",
  series: ["#56b4e9", "#e69f00", "#35c896", "#e7a3c9", "#f0e442", "#9db4ff", "#c3c9d4"],
};

/** The letters of charts: named, since widths are measured outside of the page, and without quotation marks, which
 * would end the attribute that they stand in where a chart is saved. */
export const fontFamily =
  "system-ui, -apple-system, Segoe UI, Noto Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif";

/** Signs of series, so that nobody needs their colours. */
export const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "arrow", "pin"];

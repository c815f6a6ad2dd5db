import { credentials } from "../api/ask";

/** A table as rows of cells, the first of them its head. */
export type Table = (string | number | null)[][];

/** Hands a file to the browser's downloads. */
export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Saves a table that the page has as CSV, as RFC 4180 has it. */
export function saveTable(table: Table, name: string): void {
  const lines = table.map((row) => row.map(cellText).join(","));
  saveBlob(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" }), name);
}

function cellText(cell: string | number | null): string {
  // A spreadsheet would take a name that begins so for a formula.
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A link cannot carry a token, so with one the file is fetched first. */
export async function fetchFile(address: string, name: string): Promise<void> {
  const response = await fetch(address, { headers: credentials() });
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}`);
  }
  saveBlob(await response.blob(), name);
}

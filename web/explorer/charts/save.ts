import { saveBlob } from "../parts/files";
import { init } from "./echarts";
import { light } from "./palette";
import type { Picture, PictureOption } from "./picture";

/** Pixels of a PNG to one of the picture. */
const sharpness = 2;

/** Saves a view as a picture on white ground, whatever the colours of the page. */
export async function savePicture(picture: Picture, name: string, type: "png" | "svg"): Promise<void> {
  const parts = picture();
  const width = Math.max(...parts.map((part) => part.width));
  const height = parts.reduce((sum, part) => sum + part.height, 0);
  const svg = stacked(parts, width, height);
  saveBlob(
    type === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg, width, height),
    name,
  );
}

/** The charts one below the other. */
function stacked(parts: PictureOption[], width: number, height: number): string {
  let top = 0;
  const drawn = parts.map(({ option, ...size }) => {
    const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
    chart.setOption({ backgroundColor: light.surface, ...option, animation: false });
    const svg = chart.renderToSVGString().replace("<svg ", `<svg y="${top}" `);
    chart.dispose();
    top += size.height;
    return svg;
  });
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${drawn.join("")}</svg>`;
}

async function raster(svg: string, width: number, height: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * sharpness;
  canvas.height = height * sharpness;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("PNG"))), "image/png"),
  );
}

import { saveBlob } from "../parts/Downloads";
import { init } from "./echarts";
import { light } from "./palette";
import type { Picture } from "./picture";

/** Pixels of a PNG to one of the picture. */
const sharpness = 2;

/** Saves a view as a picture on white ground, whatever the colours of the page. */
export async function savePicture(picture: Picture, name: string, type: "png" | "svg"): Promise<void> {
  const { option, width, height } = picture();
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ backgroundColor: light.surface, ...option, animation: false });
  const svg = chart.renderToSVGString();
  chart.dispose();
  saveBlob(
    type === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg, width, height),
    name,
  );
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

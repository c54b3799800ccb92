import type { AdaptiveRenderer } from "./adaptive-renderer.ts";
import { paintAgeAxis, paintFrame, paintGrid, paintPanelTitles, paintPriceAxis, paintTimeAxis } from "./paint-axes.ts";
import { paintCaption } from "./paint-caption.ts";
import { paintConfirmedPrice } from "./paint-confirmed.ts";
import { paintFocus, paintPanelLabels, paintPriceTags, paintSourceMark } from "./paint-labels.ts";
import { paintPriceLine } from "./paint-lines.ts";
import type { Picture } from "./picture.ts";

/** Draws one frame, back to front. */
export function paintPicture(picture: Picture, renderer: Pick<AdaptiveRenderer, "draw">): void {
  const { context, scene, theme } = picture;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  let labelsEndCss = 0;
  if (scene !== null) {
    renderer.draw(context, scene);
    paintGrid(picture, scene);
    paintConfirmedPrice(picture, scene);
    paintPriceLine(picture, scene);
    paintSourceMark(picture);
    paintFrame(picture);
    paintPriceAxis(picture, scene, paintPriceTags(picture, scene));
    labelsEndCss = paintTimeAxis(picture, scene);
    paintAgeAxis(picture, scene, labelsEndCss);
  } else {
    paintSourceMark(picture);
    paintFrame(picture);
  }
  paintPanelTitles(picture);
  paintPanelLabels(picture, labelsEndCss);
  paintFocus(picture);
  paintCaption(picture);
}

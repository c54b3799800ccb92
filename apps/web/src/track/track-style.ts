/** Styles of the panel, loaded with it. */
export const TRACK_STYLE = `
#track h3 { margin: 0.9em 0 0; font-size: 1rem; font-weight: 500; }
#track ul { margin: 0.3em 0; padding-left: 1.2em; }
#track [aria-pressed="true"] { border-color: var(--text); }
.track-pictures { display: grid; grid-template-columns: 3fr 1fr; gap: 20px; align-items: end; }
.track-pictures figure { margin: 0; min-width: 0; }
/* Wide fonts reach beyond the picture. */
.track-pictures svg { display: block; width: 100%; height: auto; overflow: visible; }
.track-pictures text { fill: var(--text); font-size: 16px; }
.track-pictures figure:last-child text { font-size: 13px; }
.track-pictures figcaption { font-size: 0.8rem; }
.track-pictures .axis { fill: none; stroke: var(--line); }
.track-pictures .band { fill: var(--mempool); opacity: 0.45; }
.track-pictures .median { fill: none; stroke: var(--confirmed); stroke-width: 1.5; stroke-linecap: round; }
.track-pictures circle { fill: var(--confirmed); }
@media (width < 700px) {
  .track-pictures { grid-template-columns: 1fr; }
  .track-pictures figure:last-child svg { width: 60%; }
}
`;

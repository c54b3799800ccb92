"use client";
import { formatUsd, MempoolVisualizer } from "@utxoracle/viz";
import { useEffect, useRef } from "react";

export default function Chart() {
  const canvas = useRef(null);
  useEffect(() => {
    const chart = new MempoolVisualizer(canvas.current, null);
    return () => chart.destroy();
  }, []);
  return (
    <figure>
      <canvas ref={canvas} />
      {formatUsd(87300)}
    </figure>
  );
}

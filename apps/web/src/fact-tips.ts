/** Makes the explanation of each number reachable by keyboard and screen reader. */
export function connectFactTips(): void {
  document.querySelectorAll<HTMLElement>(".fact").forEach((fact, i) => {
    const tip = fact.querySelector<HTMLElement>(".tip");
    if (tip === null) return;
    tip.id = `tip-${i}`;
    fact.tabIndex = 0;
    fact.setAttribute("aria-describedby", tip.id);
  });
}

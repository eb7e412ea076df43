"use strict";
// Search the sections in INDEX: [address, page, title, text]. Needs no server.
const form = document.getElementById("search");
const input = form.querySelector("input");
const list = form.querySelector("ol");
const MOST = 12;

const score = ([, page, title, text], words) => {
  const heading = `${page} ${title}`.toLowerCase();
  const whole = `${heading} ${text.toLowerCase()}`;
  if (!words.every(word => whole.includes(word))) return 0;
  return 1 + 10 * words.filter(word => heading.includes(word)).length
    + 20 * words.filter(word => title.toLowerCase() === word).length;
};

const excerpt = (text, words) => {
  const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
  return (at ? "…" : "") + text.slice(at, at + 120) + (text.length > at + 120 ? "…" : "");
};

const entry = ([address, page, title, text], words) => {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const found = document.createElement("span");
  link.href = address;
  link.textContent = title === page ? page : `${page}: ${title}`;
  found.textContent = excerpt(text, words);
  item.append(link, found);
  return item;
};

const search = () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length
    ? INDEX.map(each => [score(each, words), each]).filter(([points]) => points)
      .sort(([a], [b]) => b - a).slice(0, MOST)
    : [];
  list.replaceChildren(...found.map(([, each]) => entry(each, words)));
  if (words.length && !found.length) list.append("Nothing found");
  list.hidden = !words.length;
};

form.hidden = false;
form.addEventListener("submit", event => {
  event.preventDefault();
  const first = list.querySelector("a");
  if (first) location.href = first.href;
});
input.addEventListener("input", search);
input.addEventListener("keydown", event => {
  if (event.key === "Escape") { input.value = ""; search(); }
});
list.addEventListener("click", () => { list.hidden = true; });

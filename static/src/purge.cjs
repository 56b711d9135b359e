// Joins tokens, KRDS and our own styles, and leaves out what no page can use. Called by build.py:
//   node purge.cjs TOKENS.css KRDS.css APP.css OUT.css
const fs = require("node:fs");
const path = require("node:path");
const { PurgeCSS } = require("purgecss");

const root = path.resolve(__dirname, "../..");
const [tokens, krds, app, out] = process.argv.slice(2);
const read = (name) => fs.readFileSync(name, "utf8");

// KRDS sets 1rem to 10 px. We leave the root at the reader's own size, so its lengths are divided by 1.6.
const inReadersRem = (css) =>
  css.replace(/(?<![\w-])(-?\d*\.?\d+)rem\b/g, (_, length) => `${Number((Number(length) / 1.6).toFixed(5))}rem`);
// Its "!important" marks hide legends and captions; its @import would fetch the tokens a second time.
const withoutTraps = (css) => css.replace(/\s*!important/g, "").replace(/@import[^;]+;/g, "").replace(/@charset[^;]+;/g, "");

const css = inReadersRem(read(tokens)) + withoutTraps(inReadersRem(read(krds))) + read(app).replace(/@charset[^;]+;/g, "");

new PurgeCSS()
  .purge({
    content: [`${root}/templates/**/*.{html,txt}`, `${root}/tourbook/web/**/*.py`],
    css: [{ raw: css }],
    variables: true,
    keyframes: true,
    fontFace: true,
    // PurgeCSS sees words; classes put together in macros ("is-" ~ state) are named here.
    safelist: {
      standard: ["done", "active", "small", "medium", "large", "primary", "secondary", "tertiary", "danger", "text"],
      greedy: [/^app-/, /^is-/, /^bg-light-(primary|success|warning|danger|information|gray)$/],
    },
    defaultExtractor: (text) => text.match(/[\w-]+/g) || [],
  })
  .then(([result]) => fs.writeFileSync(out, result.css));

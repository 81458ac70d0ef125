// The words of scripts in the language of the page. tr("Continue") gives its translation, with {name} filled in from the second
// argument; trMany("{n} hour", "{n} hours", n) chooses by the number. The page has them in #script-words; without it they are English.
// They are found by their text, so it stands there in quotation marks: `python -m mentorship.devtools.messages` reads it.
(() => {
  "use strict";

  const block = document.getElementById("script-words");
  const known = block ? JSON.parse(block.textContent) : {};
  const rules = new Intl.PluralRules(document.documentElement.lang || "en");
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  window.tr = (text, values = {}) => filled(known[text] ?? text, values);

  window.trMany = (one, many, n, values = {}) => {
    const forms = known[one] ?? { one, other: many };
    return filled(forms[rules.select(n)] ?? forms.other ?? many, { n, ...values });
  };
})();

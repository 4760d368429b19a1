// What scripts add to pages that work without them. No eval, no inline handlers, no state of its own:
// everything it needs to know stands in data attributes, and every word it shows comes from the page.
"use strict";

(() => {
  /** Wake the design system's components below an element; DKFDS.init() would wake the whole page again. */
  function wake(root) {
    const each = (selector, act) => {
      if (root instanceof Element && root.matches(selector)) act(root);
      root.querySelectorAll(selector).forEach(act);
    };
    each(".js-dropdown", (element) => new DKFDS.Dropdown(element).init());
    each(".fds-modal", (element) => new DKFDS.Modal(element).init());
    each("div.tab-container", (element) => new DKFDS.Tabs(element).init());
    each(".js-checkbox-toggle-content", (element) => new DKFDS.CheckboxToggleContent(element).init());
    each(".js-radio-toggle-group", (element) => new DKFDS.RadioToggleGroup(element).init());
    each(".form-limit", countCharacters);
    // Without scripts Enter may press this button; with scripts Enter saves, as people expect.
    each("[data-add-row]", (button) => { button.type = "button"; });
    const summary = root.querySelector('[data-module="error-summary"]');
    if (summary) new DKFDS.ErrorSummary(summary).init();
  }

  function countCharacters(container) {
    const { left, over } = container.dataset;
    const words = {
      character_remaining: left, characters_remaining: left, character_too_many: over, characters_too_many: over,
    };
    const counter = new DKFDS.CharacterLimit(container, words);
    counter.init();
    counter.silentUpdateMessages();
  }

  function startNavigation() {
    new DKFDS.Navigation().init();
    const more = document.querySelector(".more-button span");
    const nav = document.querySelector("nav[data-more]");
    if (more && nav) more.textContent = nav.dataset.more;
  }

  /** Add an empty row to a formset from its template, numbered on, with the focus in its first field. */
  function addRow(button) {
    const formset = button.closest("[data-formset]");
    const total = formset.querySelector(`[name="${formset.dataset.formset}-TOTAL_FORMS"]`);
    const template = formset.querySelector("template");
    const copy = document.createElement("div");
    copy.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    const row = copy.firstElementChild;
    total.value = Number(total.value) + 1;
    row.querySelector("[data-row-number]").textContent = total.value;
    template.before(row);
    wake(row);
    const first = row.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  }

  /** Warn before the session ends, and never send a form into a session that is gone: what is typed stays here. */
  function watchSession() {
    const { sessionSeconds, sessionUrl } = document.body.dataset;
    const warning = document.querySelector("[data-session-warning]");
    if (!sessionSeconds || !warning) return;
    const part = (name) => warning.querySelector(`[data-session-${name}]`);
    const margin = Math.min(5 * 60, Number(sessionSeconds) / 4) * 1000;
    let endsAt = 0;
    let timer = 0;

    function extend(seconds) {
      endsAt = Date.now() + seconds * 1000;
      warning.hidden = true;
      clearTimeout(timer);
      timer = setTimeout(() => show(false), Math.max(0, seconds * 1000 - margin));
    }

    function show(isOver) {
      part("soon").hidden = isOver;
      part("stay").hidden = isOver;
      part("over").hidden = !isOver;
      part("sign-in").hidden = !isOver;
      const wasHidden = warning.hidden;
      warning.hidden = false;
      if (wasHidden || isOver) (isOver ? part("sign-in") : part("stay")).focus();
    }

    /** Ask the server; true when the session lives. Signing in again changes the token of every form. */
    async function isAlive() {
      const answer = await fetch(sessionUrl, { headers: { Accept: "application/json" } });
      const session = await answer.json();
      if (!session.is_signed_in) return false;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = session.token; });
      extend(session.seconds);
      return true;
    }

    part("stay").addEventListener("click", async () => { if (!(await isAlive())) show(true); });
    part("close").addEventListener("click", () => { warning.hidden = true; });
    document.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.successful) extend(Number(sessionSeconds));
    });
    document.addEventListener("portal:alive", () => extend(Number(sessionSeconds)));
    document.addEventListener("portal:signed-out", () => show(true));
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post" || form.dataset.sessionChecked || Date.now() < endsAt - margin) return;
      event.preventDefault();
      isAlive().then((alive) => {
        if (!alive) return show(true);
        form.dataset.sessionChecked = "yes";
        return form.requestSubmit(event.submitter);
      }).catch(() => { // no answer at all: let the browser say so, unless the form keeps what is typed
        if (form.dispatchEvent(new CustomEvent("portal:unreachable", { cancelable: true }))) form.submit();
      });
    });
    extend(Number(sessionSeconds));
  }

  document.addEventListener("DOMContentLoaded", () => {
    startNavigation();
    wake(document);
    watchSession();
  });
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) wake(event.detail.elt);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (button) addRow(button);
  });
  document.addEventListener("change", (event) => {
    // A list that sends itself when a filter changes keeps its button for those without scripts.
    const form = event.target.form;
    if (form && form.matches("[data-send-on-change]")) form.requestSubmit();
  });
})();

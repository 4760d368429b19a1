// Saves a form by itself while somebody types, within five seconds of a change. What cannot be saved stays in the page, is
// said, and is tried again. Every word comes from the page or from the server; without scripts the form's buttons save.
"use strict";

(() => {
  const QUIET = 1500; // after the last key
  const LONGEST = 3500; // after the first change that is not saved
  const AGAIN = 4000; // after a failure; doubled each time that the server itself is broken
  const LONGEST_AGAIN = 60_000;
  const NO_ANSWER = 10_000; // how long a save may hang
  const MOST_KEPT_ALIVE = 60_000; // characters that a browser sends for a page it is leaving

  function watch(form) {
    const status = form.querySelector("[data-autosave-status]");
    const words = status.querySelector("[data-autosave-words]");
    const conflict = form.querySelector("[data-autosave-conflict]");
    let isUnsaved = form.dataset.autosave === "unsaved";
    let isLeaving = false;
    let isStopped = false; // only the person can go on: somebody else saved, or nothing can be saved from here any more
    let hasFailed = false; // no answer, or none that saves: the button would throw the text away
    let isRefused = false; // the server said what is wrong with it
    let isSignedOut = false;
    let changes = 0;
    let firstChange = 0;
    let wait = AGAIN;
    let timer = 0;
    let underway = null;
    let unanswered = null; // what may be saved though nobody said so: sent once more as it was, before anything newer
    let submitter = null; // the button that waits

    function say(text) {
      if (words.textContent !== text) words.textContent = text;
    }

    function later(milliseconds) {
      clearTimeout(timer);
      timer = setTimeout(save, milliseconds);
    }

    function onChange(event) {
      if (event.target.name === undefined) return;
      isLeaving = false; // whoever types after pressing a button did not leave
      changes += 1;
      if (!isUnsaved) {
        isUnsaved = true;
        firstChange = Date.now();
        if (!hasFailed && !isStopped) say(status.dataset.unsaved);
      }
      if (!hasFailed && !isStopped) later(Math.max(0, Math.min(QUIET, firstChange + LONGEST - Date.now())));
    }

    /** Who is signed in, null for nobody; signing in again, in another tab, changes the token of every form. */
    async function askWhoIsSignedIn() {
      const options = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(NO_ANSWER) };
      const answer = await fetch(document.body.dataset.sessionUrl, options);
      const session = await answer.json();
      if (!session.is_signed_in) return null;
      if (session.writer === field("writer").value) {
        document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = session.token; });
      }
      return session.writer;
    }

    function field(name) {
      return form.elements.namedItem(name);
    }

    // Each of these answers whether the server received what was typed, so that a button may go on.

    function failed(text, milliseconds) {
      hasFailed = true;
      say(text);
      later(milliseconds);
      return false;
    }

    function stopped(text) {
      hasFailed = true;
      isStopped = true;
      unanswered = null;
      say(text);
      return false;
    }

    function signedOut() {
      if (!isSignedOut) document.dispatchEvent(new CustomEvent("portal:signed-out"));
      isSignedOut = true;
      return failed(status.dataset.signedOut, AGAIN);
    }

    function broken() {
      wait = Math.min(2 * wait, LONGEST_AGAIN);
      return failed(status.dataset.broken, wait);
    }

    function posted() {
      return new URLSearchParams(new FormData(form));
    }

    function post(sent, isLast) {
      sent.body.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
      return fetch(window.location.pathname, {
        method: "POST",
        headers: { "X-Autosave": "1", Accept: "application/json" },
        body: sent.body,
        redirect: "manual",
        keepalive: isLast && sent.body.toString().length < MOST_KEPT_ALIVE,
        signal: AbortSignal.timeout(NO_ANSWER),
      });
    }

    async function send(isLast) {
      firstChange = Date.now();
      const wasTriedBefore = unanswered !== null;
      const sent = unanswered ?? { body: posted(), changes };
      try {
        if (isSignedOut) {
          const writer = await askWhoIsSignedIn();
          if (writer === null) return signedOut();
          if (writer !== field("writer").value) return stopped(status.dataset.stranger);
        }
        unanswered = sent;
        let answer = await post(sent, isLast);
        if (answer.type === "opaqueredirect" || answer.status === 403) {
          const writer = await askWhoIsSignedIn();
          if (writer === null) return signedOut();
          if (writer !== field("writer").value) return stopped(status.dataset.stranger);
          answer = await post(sent, isLast); // with the token of the new session
        }
        if (answer.status === 500) unanswered = null; // the portal's own failure saves nothing; a proxy's may hide that it did
        if (answer.status >= 500) return broken();
        if (!answer.ok) return stopped(status.dataset.closed);
        const said = await answer.json();
        unanswered = null;
        return understood(said, sent.changes, wasTriedBefore);
      } catch {
        return failed(status.dataset.offline, AGAIN);
      }
    }

    function understood(said, before, wasTriedBefore) {
      if (said.state === "stranger") return stopped(said.told);
      isSignedOut = hasFailed = isStopped = false;
      wait = AGAIN;
      say(said.told);
      document.dispatchEvent(new CustomEvent("portal:alive"));
      isRefused = said.state !== "saved";
      firstChange = Date.now();
      if (said.state === "saved") {
        field("seen").value = said.seen;
        isUnsaved = changes !== before;
        if (isUnsaved) {
          say(status.dataset.unsaved);
          later(wasTriedBefore ? 0 : QUIET);
        }
      } else if (said.state === "outdated") {
        isStopped = true;
        conflict.hidden = false;
      } else if (changes !== before) {
        later(QUIET);
      }
      return true;
    }

    function start(isLast) {
      clearTimeout(timer);
      underway = send(isLast).finally(() => { underway = null; });
      return underway;
    }

    function save(isLast = false) {
      clearTimeout(timer);
      if (underway || !isUnsaved || isStopped || isLeaving) return;
      start(isLast === true);
    }

    /** A button pressed while a save is underway, or where the last one came to nothing, waits for an answer. */
    async function submitWhenAnswered() {
      const isReceived = await (underway ?? start(false));
      const button = submitter;
      submitter = null;
      if (isReceived) setTimeout(() => form.requestSubmit(button));
    }

    form.addEventListener("input", onChange);
    form.addEventListener("change", onChange);
    form.addEventListener("click", (event) => {
      if (event.target.closest("[data-add-row]")) onChange({ target: field("seen") });
    });
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!underway && !hasFailed && navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const waits = submitter !== null;
      submitter = event.submitter ?? form.querySelector("[type=submit]:not([disabled])");
      if (waits) return;
      say(status.dataset.saving);
      submitWhenAnswered();
    });
    form.addEventListener("portal:unreachable", (event) => {
      event.preventDefault();
      failed(status.dataset.offline, AGAIN);
    });
    window.addEventListener("submit", (event) => {
      if (event.target === form && !event.defaultPrevented) isLeaving = true;
    });
    window.addEventListener("pageshow", () => { isLeaving = false; });
    window.addEventListener("online", () => { if (hasFailed) save(); });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") save(true);
      else if (hasFailed) save();
    });
    window.addEventListener("beforeunload", (event) => {
      if (!isUnsaved || isLeaving) return;
      const goesWithoutAsking = !hasFailed && !isRefused && navigator.onLine && posted().toString().length < MOST_KEPT_ALIVE;
      if (goesWithoutAsking && !underway) save(true);
      else event.preventDefault();
    });
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-autosave]").forEach(watch));
})();

// Sends the files of a form one by one, with progress, and keeps what could not be sent so that it can be tried again.
// Without this script the form sends them all together. Every word it shows comes from the page.
"use strict";

(() => {
  const LARGEST = 50 * 1024 * 1024;

  class Uploads {
    constructor(form) {
      this.form = form;
      this.list = form.querySelector("[data-uploads]");
      this.told = form.querySelector("[data-upload-told]");
      this.row = form.querySelector("[data-upload-row]");
      this.words = form.querySelector("[data-upload-words]").content;
      this.input = form.querySelector("input[type=file]");
      this.type = form.querySelector("select");
      this.jobs = [];
      this.isSending = false;
      form.addEventListener("submit", (event) => this.onSubmit(event));
      this.list.addEventListener("click", (event) => this.onRetry(event));
      window.addEventListener("online", () => this.retryAll());
      window.addEventListener("beforeunload", (event) => { if (this.jobs.some((job) => job.isOpen)) event.preventDefault(); });
    }

    word(name) {
      return this.words.querySelector(`[data-word="${name}"]`).textContent;
    }

    onSubmit(event) {
      if (event.defaultPrevented) return; // the session is being asked for first (portal.js)
      event.preventDefault();
      const files = [...this.input.files];
      if (!this.type.value) return this.complain(this.type, "no-type");
      if (!files.length) return this.complain(this.input, "no-files");
      files.forEach((file) => this.add(file));
      this.input.value = "";
      return this.sendAll();
    }

    complain(field, word) {
      const group = field.closest(".form-group");
      let message = group.querySelector("[data-complaint]");
      if (!message) {
        message = document.createElement("span");
        message.className = "form-error-message";
        message.dataset.complaint = "";
        message.id = `${field.id}_complaint`;
        field.before(message);
        field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), message.id].filter(Boolean).join(" "));
      }
      message.textContent = this.word(word);
      group.classList.add("form-error");
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }

    settle() {
      this.form.querySelectorAll("[data-complaint]").forEach((message) => {
        message.textContent = "";
        message.closest(".form-group").classList.remove("form-error");
      });
      [this.type, this.input].forEach((field) => field.removeAttribute("aria-invalid"));
    }

    add(file) {
      const item = this.row.content.firstElementChild.cloneNode(true);
      item.querySelector(".upload-name").textContent = file.name;
      item.querySelector("progress").setAttribute("aria-label", file.name);
      const job = { file, item, type: this.type.value, isOpen: true };
      this.list.append(item);
      this.list.hidden = false;
      this.jobs.push(job);
      this.show(job, this.word("waiting"));
      this.settle();
    }

    show(job, text, percent) {
      job.item.querySelector(".upload-state").textContent = text;
      if (percent !== undefined) job.item.querySelector("progress").value = percent;
    }

    /** A job that is open was not sent yet; one that failed waits for a click, or for the network. */
    async sendAll() {
      if (this.isSending) return;
      this.isSending = true;
      let job = null;
      while ((job = this.jobs.find((one) => one.isOpen && !one.hasFailed))) await this.send(job);
      this.isSending = false;
      this.told.textContent = this.word(this.jobs.some((one) => one.isOpen) ? "some-left" : "all-done");
    }

    async send(job) {
      if (job.file.size > LARGEST) return this.finish(job, this.word("too-large"));
      this.show(job, this.word("sending"), 0);
      let session = null;
      try {
        const answer = await fetch(document.body.dataset.sessionUrl, { headers: { Accept: "application/json" } });
        session = await answer.json();
      } catch {
        return this.fail(job, "offline");
      }
      if (!session.is_signed_in) return this.fail(job, "signed-out");
      const answer = await this.post(job, session.token);
      if (answer === "offline" || answer === "failed") return this.fail(job, answer);
      this.refresh();
      return this.finish(job, answer.refused.length ? answer.refused.join(" ") : this.word("brought"), !answer.refused.length);
    }

    /** What the server says, or "offline" or "failed". */
    post(job, token) {
      const data = new FormData();
      data.append("csrfmiddlewaretoken", token);
      data.append(this.type.name, job.type);
      data.append(this.input.name, job.file, job.file.name);
      return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open("POST", this.form.action || window.location.href);
        request.setRequestHeader("Accept", "application/json");
        request.upload.addEventListener("progress", (event) => {
          if (event.lengthComputable) this.show(job, this.word("sending"), (event.loaded / event.total) * 100);
        });
        request.addEventListener("error", () => resolve("offline"));
        request.addEventListener("abort", () => resolve("offline"));
        request.addEventListener("load", () => {
          try {
            resolve(request.status === 200 ? JSON.parse(request.responseText) : "failed");
          } catch {
            resolve("failed");
          }
        });
        request.send(data);
      });
    }

    fail(job, word) {
      job.hasFailed = true;
      job.item.classList.add("upload-failed");
      job.item.querySelector("[data-retry]").hidden = false;
      this.show(job, this.word(word), 0);
    }

    finish(job, text, isGood = false) {
      job.isOpen = false;
      job.item.classList.add(isGood ? "upload-done" : "upload-failed");
      job.item.querySelector("progress").hidden = true;
      this.show(job, text);
    }

    onRetry(event) {
      const button = event.target.closest("[data-retry]");
      if (button) this.retry(this.jobs.find((job) => job.item.contains(button)));
    }

    retryAll() {
      this.jobs.filter((job) => job.hasFailed).forEach((job) => this.retry(job));
    }

    retry(job) {
      job.hasFailed = false;
      job.item.classList.remove("upload-failed");
      job.item.querySelector("[data-retry]").hidden = true;
      this.sendAll();
    }

    refresh() {
      htmx.ajax("GET", window.location.href, { target: "#files", select: "#files", swap: "outerHTML" });
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-attach]").forEach((form) => new Uploads(form));
  });
})();

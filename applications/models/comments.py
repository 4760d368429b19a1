"""Comments on a section of a case, among those who prepare it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from applications.models.application import Application
from applications.querysets import CommentThreadQuerySet


class CommentThread(models.Model):
    """A question or remark to one section with the answers to it, until somebody resolves it; it can be opened again."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="comment_threads", verbose_name=_("sag"))
    section = models.CharField(_("afsnit"), max_length=20)
    opened_at = models.DateTimeField(_("begyndt"))
    latest_at = models.DateTimeField(_("senest"))
    resolved_at = models.DateTimeField(_("løst"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("løst af")
    )

    objects = CommentThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("kommentartråd")
        verbose_name_plural = _("kommentartråde")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="comment_thread_is_about_a_section", condition=~Q(section="")),
            models.CheckConstraint(
                name="comment_thread_resolved_by_somebody",
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__gte=F("opened_at"), resolved_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["application", "section"], name="comment_thread_of_a_section")]

    def __str__(self) -> str:
        return f"{self.application.case_number}, {self.section}"

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None


class Comment(models.Model):
    """What somebody wrote; it is never changed and never deleted."""

    thread = models.ForeignKey(CommentThread, on_delete=models.PROTECT, related_name="comments", verbose_name=_("tråd"))
    text = models.TextField(_("kommentar"))
    written_at = models.DateTimeField(_("skrevet"))
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("skrevet af"))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("for"))

    class Meta:
        verbose_name = _("kommentar")
        verbose_name_plural = _("kommentarer")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="comment_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.text[:60]


class CommentsRead(models.Model):
    """When somebody last looked at the comments of a case: until they do, they are mailed once and no more."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kommentarer læst")
        verbose_name_plural = _("kommentarer læst")
        constraints = [models.UniqueConstraint(name="comments_read_once_a_person", fields=["application", "user"])]

    def __str__(self) -> str:
        return f"{self.user}, {self.read_at:%Y-%m-%d}"

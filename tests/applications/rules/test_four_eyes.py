from applications.rules.four_eyes import Facts, check
from tests.applications.rules.answers import blocks


def test_two_people_may_recommend_and_decide() -> None:
    assert check(Facts(recommended_by="17", decided_by="18")) == []


def test_one_person_may_not_do_both() -> None:
    assert blocks(check(Facts(recommended_by="18", decided_by="18"))) == ["same_person_recommends_and_decides"]


def test_without_a_recommendation_nobody_decides() -> None:
    assert blocks(check(Facts(recommended_by="", decided_by="18"))) == ["recommendation_missing"]

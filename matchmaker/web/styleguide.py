"""The style guide: every component with its states, for those who build pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace as Sample
from typing import Any

from flask import Blueprint, Flask, render_template

from matchmaker.config import Profile, Settings
from matchmaker.domain.calendar import SHANGHAI
from matchmaker.domain.policy import Permission
from matchmaker.matching.marking import Segment
from matchmaker.web.access import requires
from matchmaker.web.frame import Link

guide = Blueprint("styleguide", __name__)


@guide.get("/styleguide")
@requires(Permission.OPEN)
def components() -> str:
    """Every component of the design system on one page."""
    return render_template("styleguide.html", sample=_sample())


def register_styleguide(app: Flask, settings: Settings) -> None:
    """Serve the style guide to developers only: not where others can reach the portal."""
    alone = settings.profile is Profile.EMBEDDED and settings.on_loopback
    if app.debug or alone:
        app.register_blueprint(guide)


@dataclass(frozen=True, slots=True)
class _Pages:
    page: int = 4
    pages: int = 12
    total: int = 233

    def url_for(self, number: int) -> str:
        return f"#page-{number}"


def _sample() -> Sample:
    """What the components show: invented, in Chinese, at the length that real entries have."""
    return Sample(**_words(), **_lists(), **_pair(), **_form(), **_ways())


def _words() -> dict[str, Any]:
    return {
        "hints": ["粉煤灰提铝", "矿山边坡监测", "羊绒清洁整理", "光伏板积尘"],
        "field": "固废利用",
        "region": "准格尔旗",
        "saved": "已保存 09:25",
        "criterion": "在使用环境中完成系统原型的示范",
        "quote": "每吨灰渣综合成本 41 元",
        "facts": [("单位", "示例研究院"), ("方式", "许可"), ("价格", "面议"), ("空", "")],
        "home_figures": [
            Sample(value="1,026", label="在库成果"),
            Sample(value="318", label="企业需求", url="#"),
            Sample(value="3,250", unit="万元", label="本年签约", note="17 项"),
        ],
        "figures": [
            Sample(value="41", unit="元/吨", label="综合成本", note="现有 68"),
            Sample(value="92", unit="%", label="灰渣利用率"),
            Sample(value="3,600", unit="h", label="连续运行"),
        ],
        "action": Link("发布需求", "#"),
        "second_action": Link("清除筛选", "#"),
    }


def _lists() -> dict[str, Any]:
    entry = {
        "kind": "achievement",
        "code": "CG-2026-000901",
        "url": "#",
        "title": "循环流化床灰渣制轻质陶粒成套工艺",
        "summary": "灰渣掺量 85 %，陶粒筒压强度 6.5 MPa，中试线已连续运行 3,600 小时。",
        "organisation": "示例研究院",
        "region": "呼和浩特市",
        "fields": ["固废利用", "建筑材料"],
        "stage": "中试",
        "trl": 6,
        "modes": ["许可", "合作开发"],
        "price": "面议",
        "confirmed_on": date(2026, 9, 1),
        "sample": True,
    }
    demand = {
        "kind": "demand",
        "code": "XQ-2026-000902",
        "url": "#",
        "title": "灰渣掺量提高到八成以上",
        "organisation": "示例电力公司",
        "region": "准格尔旗",
        "budget": "500 万元以内",
        "days_left": 21,
        "state": "published",
        "level": "fair",
        "score": 0.72,
    }
    fields = [
        Sample(value=str(n), label=f"领域 {n}", count=9 * n, selected=n == 2) for n in range(12)
    ]
    return {
        "entries": [entry, demand],
        "facets": [Sample(name="field", label="技术领域", options=fields)],
        "page": _Pages(),
        "tabs": [Link("内容", "#", True), Link("匹配", "#", False, 6), Link("附件", "#", False, 0)],
        "columns": [
            Sample(key="name", label="名称", primary=True),
            Sample(key="number", label="号码", sort_url="#", sorted="descending"),
            Sample(key="amount", label="金额（万元）", align="end"),
        ],
        "rows": [
            {"name": "一种灰渣陶粒的烧结方法", "number": "示例 1", "amount": "120.00"},
            {"name": "陶粒回转窑余热利用装置", "number": "示例 2", "amount": "1,080.50"},
        ],
        "queue": [
            Sample(
                url="#",
                level="strong",
                score=0.87,
                title=demand["title"],
                other_title=entry["title"],
                meta=("成果", "准格尔旗", "2 小时前"),
            )
        ],
    }


def _pair() -> dict[str, Any]:
    demand = [
        Segment("现有灰渣掺量不足一半，希望", None),
        Segment("掺量不低于 80 %", 1),
        Segment("，并且", None),
        Segment("每吨综合成本低于 50 元", 2),
        Segment("。", None),
    ]
    offer = [
        Segment("灰渣掺量 85 %", 1),
        Segment("，筒压强度 6.5 MPa，", None),
        Segment("每吨灰渣综合成本 41 元", 2),
        Segment("。", None),
    ]
    return {
        "demand": Sample(title="灰渣掺量提高到八成以上", segments=demand),
        "offer": Sample(title="循环流化床灰渣制轻质陶粒成套工艺", segments=offer),
        "clauses": [
            Sample(text="掺量 ≥ 80 %", state="met", found="85 %"),
            Sample(text="强度 ≥ 7 MPa", state="not_met", found="6.5 MPa"),
            Sample(text="占地 ≤ 1,500 m²", state="unknown", ask_url="#"),
        ],
        "signals": [
            Sample(label="正文", value=0.83, share=0.41, note=""),
            Sample(label="成熟度", value=0.8, share=0.14, note="需要 TRL 7，现为 TRL 6"),
            Sample(label="预算", value=None, share=None, note=""),
        ],
    }


def _form() -> dict[str, Any]:
    places = [("1", "准格尔旗"), ("2", "达拉特旗")]
    return {
        "errors": [("title", "标题至少 6 个字"), ("fields", "请至少选一个技术领域")],
        "fields": [
            {
                "name": "title",
                "label": "一句话说出难题",
                "required": True,
                "value": "灰渣",
                "help": "写给懂行的人看：对象、现状、想达到的指标。",
                "example": "灰渣掺量提高到八成以上",
                "errors": ["标题至少 6 个字"],
            },
            {
                "name": "body",
                "label": "您遇到什么难题？",
                "type": "textarea",
                "required": True,
                "maxlength": 2000,
                "note": "请写明现在的掺量和成本。",
            },
            {"name": "clauses", "label": "指标", "type": "lines", "value": ["掺量 ≥ 80 %"]},
            {
                "name": "fields",
                "label": "技术领域",
                "type": "multiselect",
                "options": [(str(n), f"领域 {n}") for n in range(14)],
                "value": ["3"],
                "required": True,
            },
            {"name": "agree", "label": "价格可以面议", "type": "checkbox", "value": True},
            {"name": "file", "label": "附件", "type": "file", "multiple": True},
        ],
        "row_fields": [
            {"name": "bmax", "label": "预算上限", "type": "money", "value": "500"},
            {"name": "deadline", "label": "截止日期", "type": "date", "value": "2026-12-31"},
            {"name": "place", "label": "地区", "type": "select", "options": places, "value": "1"},
        ],
        "ip_rights": [{"type": "a", "number": "示例 1"}],
        "ip_types": [("a", "发明专利"), ("b", "实用新型")],
    }


def _ways() -> dict[str, Any]:
    noon = datetime(2026, 9, 2, 9, 14, tzinfo=SHANGHAI)
    edit = Sample(field="价格", before="120 万元", after="面议")
    step = Sample(label="已发布", state="done")
    return {
        "way": [("draft", "起草"), ("submitted", "初审"), ("published", "发布"), ("match", "匹配")],
        "steps": [
            step,
            Sample(label="编入检索", state="done"),
            Sample(label="正在匹配", state="active", note="12 条候选"),
            Sample(label="通知对方", state="waiting"),
        ],
        "events": [
            Sample(text="通过初审并发布", when=noon, who="技术经纪人", tone="green"),
            Sample(text="修改了内容", when=noon, who="示例研究院", changes=[edit]),
            Sample(
                text="退回修改", when=noon, who="技术经纪人", reason="请补充成本。", tone="amber"
            ),
        ],
    }

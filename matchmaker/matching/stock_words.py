"""Words that every posting uses whatever it is about; science texts do not, so rarity misses it."""

from __future__ import annotations

CHINESE = frozenset(
    "希望 最好 寻求 求助 征集 急需 打算 计划 准备 拟 愿意 欢迎 要求 需求 需要 解决 办法 方案 "
    "方式 合作 单位 公司 企业 厂家 厂里 团队 专家 院校 高校 负责 参与 牵头 配合 联合 共同 "
    "引进 转让 许可 采购 购买 投入 投资 预算 费用 万元 报价 价格 周期 期限 工期 每年 每天 "
    "每月 当前 现有 现在 已有 已经 成熟 成果 项目 课题 示范 示例 样例 虚构 推广 落地 试点 "
    "试用 试验 验收 交付 培训 服务 支持 指导 咨询 提升 提高 降低 减少 改进 改造 问题 难题 "
    "难点 工艺 设备 装置 平台 功能 情况 条件 左右 不超过 不低于 不少于 不大于 不小于 超过 "
    "达到 以内 满足 保证 明显 主要 重点 工作 从事 研究 经验 擅长 熟悉 负责人 方向 领域 本地 "
    "当地 全市 全区 地区 人员 技术人员 鄂尔多斯 内蒙古 自治区".split()
)

ENGLISH = frozenset(
    "we our us want need look seek hope would like plan team firm compani partner supplier project "
    "servic price budget year month cost solut problem sampl exampl expert field work experi "
    "demonstr pilot deliv train support local requir least exceed".split()
)

STOCK_WORDS = CHINESE | ENGLISH

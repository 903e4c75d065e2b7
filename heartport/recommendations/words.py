"""The Chinese that stands above and beside recommendations: plain, warm, and never a diagnosis."""

from heartport.library.rules import ThingKind
from heartport.library.stock import Thing
from heartport.own_library.rules import Why
from heartport.scoring.constructs import Advice
from heartport.scoring.words import MAIN_LANGUAGE

SAME_FOR_ALL = "这里每个人看到的都一样：各个分类里最新的一篇。同意“个性化推荐”后，才会参考您自己的结果和足迹。"
YOURS = "为您挑了这些，每一条都写着为什么。只显示给您。"
CALM = "先不急着看别的。如果想缓一缓，这里有几段可以跟着呼吸的声音。"
NOTHING_NEW = "今天没有新的可以推荐了，不硬凑。可以回看收藏，或在分类里随便逛逛；过一天再来。"
NOTHING_YET = "内容还在准备，很快就会放上来。想找人说说，可以先看看求助热线。"
GROUND_GONE = "因为您先前的记录（那条记录后来有了变化）"

WITHOUT_GROUND = {
    Why.RESULT: GROUND_GONE,
    Why.HISTORY: GROUND_GONE,
    Why.LIGHT: "给自己一点轻松的，不为什么，只是歇一歇",
    Why.RANDOM: "这一条是随机挑的，想知道它对大家有没有帮助",
    Why.EVERYONE: "新近放上来的，大家都能看到",
}


def of_advice(advice: Advice) -> str:
    """Return the reason that the file of the scale gives, which a professional has read."""
    return advice.reason[MAIN_LANGUAGE]


def of_like(thing: Thing, *, helpful: bool) -> str:
    """Return that something was found helpful, read, or heard."""
    if helpful:
        return f"因为您说《{thing.title}》有帮助"
    return f"因为您{'听' if thing.kind is ThingKind.TRACK else '读'}完了《{thing.title}》"


def of_favourite(thing: Thing) -> str:
    """Return that something is a favourite."""
    return f"因为您收藏了《{thing.title}》"

package loader

import (
	"cmp"
	"slices"
	"strings"

	"github.com/countyql/countyql/indicator"
)

// roundingPrefixes are words before a number that bound it; an Exact one only leads up to it.
var roundingPrefixes = wordTable(map[string]indicator.Precision{
	"约": indicator.Approximate, "约为": indicator.Approximate, "大约": indicator.Approximate, "大概": indicator.Approximate,
	"近": indicator.Approximate, "将近": indicator.Approximate, "接近": indicator.Approximate, "几乎": indicator.Approximate,
	"about": indicator.Approximate, "around": indicator.Approximate, "approximately": indicator.Approximate,
	"approx.": indicator.Approximate, "roughly": indicator.Approximate, "some": indicator.Approximate,
	"nearly": indicator.Approximate, "almost": indicator.Approximate, "close to": indicator.Approximate,
	"~": indicator.Approximate, "≈": indicator.Approximate, "c.": indicator.Approximate, "ca.": indicator.Approximate,

	"至少": indicator.AtLeast, "最少": indicator.AtLeast, "起码": indicator.AtLeast, "不少于": indicator.AtLeast,
	"不低于": indicator.AtLeast, "不下": indicator.AtLeast, "不下于": indicator.AtLeast, "不止": indicator.AtLeast,
	"超过": indicator.AtLeast, "超": indicator.AtLeast, "逾": indicator.AtLeast, "多于": indicator.AtLeast,
	"大于": indicator.AtLeast, "高于": indicator.AtLeast, "突破": indicator.AtLeast, "过": indicator.AtLeast,
	"over": indicator.AtLeast, "more than": indicator.AtLeast, "at least": indicator.AtLeast, "above": indicator.AtLeast,
	"no fewer than": indicator.AtLeast, "no less than": indicator.AtLeast, "not less than": indicator.AtLeast,
	"exceeding": indicator.AtLeast, "upwards of": indicator.AtLeast, ">": indicator.AtLeast, ">=": indicator.AtLeast,
	"≥": indicator.AtLeast, "minimum": indicator.AtLeast,

	"至多": indicator.AtMost, "最多": indicator.AtMost, "不超过": indicator.AtMost, "不多于": indicator.AtMost,
	"不高于": indicator.AtMost, "不足": indicator.AtMost, "不到": indicator.AtMost, "未满": indicator.AtMost,
	"不满": indicator.AtMost, "低于": indicator.AtMost, "少于": indicator.AtMost, "小于": indicator.AtMost,
	"未超过": indicator.AtMost, "不过": indicator.AtMost,
	"up to": indicator.AtMost, "less than": indicator.AtMost, "fewer than": indicator.AtMost, "under": indicator.AtMost,
	"below": indicator.AtMost, "at most": indicator.AtMost, "no more than": indicator.AtMost,
	"not more than": indicator.AtMost, "maximum": indicator.AtMost, "<": indicator.AtMost, "<=": indicator.AtMost,
	"≤": indicator.AtMost,

	"共": indicator.Exact, "共计": indicator.Exact, "合计": indicator.Exact, "总计": indicator.Exact, "达": indicator.Exact,
	"达到": indicator.Exact, "达成": indicator.Exact,
})

// roundingSuffixes are words behind a number, or behind the word it counts, that bound it.
var roundingSuffixes = wordTable(map[string]indicator.Precision{
	"左右": indicator.Approximate, "上下": indicator.Approximate, "前后": indicator.Approximate, "来": indicator.Approximate,
	"or so": indicator.Approximate, "approximately": indicator.Approximate,
	"余": indicator.AtLeast, "多": indicator.AtLeast, "以上": indicator.AtLeast, "之上": indicator.AtLeast,
	"开外": indicator.AtLeast, "有余": indicator.AtLeast, "+": indicator.AtLeast, "or more": indicator.AtLeast,
	"and more": indicator.AtLeast, "plus": indicator.AtLeast,
	"以下": indicator.AtMost, "以内": indicator.AtMost, "之内": indicator.AtMost, "内": indicator.AtMost, "不到": indicator.AtMost,
	"or less": indicator.AtMost, "or fewer": indicator.AtMost, "at most": indicator.AtMost,
})

// countedWords stand behind a count and say what sort of thing is counted. They do not change the value.
var countedWords = wordTable(wordSet(`
	个 名 位 人 户 家 间 所 座 栋 幢 处 条 项 件 起 宗 例 份 张 本 册 套 台 部 辆 架 艘 只 头 匹 口 支 枝 枚 颗 粒 根 块 片 副 双 对 桶
	箱 包 袋 瓶 盒 桌 床 场 期 批 届 类 大类 种 级 层 方 方面 道 门 门课 组 队 班 股 团 轮 次 人次 车次 户次 架次 班次 场次 批次 家次 件次
	遍 趟 倍 篇 幅 步 招 章 款 句 字 页 员 民 市 县 区 镇 乡 村 街道 社区 网格 企业 项目 群众 党员 干部 居民 村民 人员 志愿者 学生 师生
	大 大项 小项 线 排 行 列 束 捆 卷 吊 尊 顶 扇 盏 杯 碗 餐 份儿 顿 剂 针 株 棵 笔 船
	people persons person households household units unit items item times cases case teams team members member
	enterprises enterprise companies company villages village communities community grids grid projects project
	checkpoints checkpoint volunteers volunteer staff residents
`))

// unitWords are units of measurement as they are printed, with the code they have in most unit tables.
var unitWords = wordTable(map[string]string{
	"元": "CNY", "块钱": "CNY", "人民币": "CNY", "yuan": "CNY", "rmb": "CNY", "cny": "CNY", "美元": "USD", "usd": "USD",
	"公里": "km", "千米": "km", "km": "km", "米": "m", "m": "m", "厘米": "cm", "毫米": "mm",
	"平方公里": "km2", "平方千米": "km2", "km2": "km2", "km²": "km2", "平方米": "m2", "平米": "m2", "m2": "m2", "m²": "m2",
	"亩": "mu", "mu": "mu", "公顷": "ha", "ha": "ha", "立方米": "m3", "m3": "m3", "m³": "m3",
	"吨": "t", "t": "t", "tonnes": "t", "tons": "t", "公斤": "kg", "千克": "kg", "kg": "kg", "斤": "jin", "克": "g", "g": "g",
	"升": "L", "毫升": "mL",
	"小时": "h", "hours": "h", "hour": "h", "h": "h", "分钟": "min", "minutes": "min", "秒": "s", "秒钟": "s",
	"天": "d", "日": "d", "days": "d", "day": "d", "周": "wk", "星期": "wk", "weeks": "wk", "week": "wk",
	"月": "mo", "月份": "mo", "months": "mo", "month": "mo", "年": "a", "周年": "a", "岁": "a", "周岁": "a", "years": "a", "year": "a",
	"千瓦时": "kWh", "kwh": "kWh", "度电": "kWh", "千瓦": "kW", "kw": "kW", "℃": "Cel", "摄氏度": "Cel",
})

// vagueWords stand where a number should.
var vagueWords = wordTable(wordSet("若干 许多 不少 大量 少数 个别 several few many dozens hundreds thousands millions"))

// percentWords and perMilleWords are the signs of rates.
var (
	percentWords = wordTable(map[string]struct{}{
		"%": {}, "percent": {}, "per cent": {}, "pct": {}, "个百分点": {}, "百分点": {}, "percentage points": {},
	})
	perMilleWords = wordTable(map[string]struct{}{"‰": {}, "per mille": {}, "per thousand": {}})
)

// entry is a word and what it means.
type entry[M any] struct {
	word    string
	meaning M
}

// wordTable orders words by length, the longest first, so that 不超过 is found before 超过 would be.
func wordTable[M any](meanings map[string]M) []entry[M] {
	table := make([]entry[M], 0, len(meanings))
	for word, meaning := range meanings {
		table = append(table, entry[M]{word, meaning})
	}
	slices.SortFunc(table, func(a, b entry[M]) int {
		return cmp.Or(cmp.Compare(len(b.word), len(a.word)), strings.Compare(a.word, b.word))
	})
	return table
}

func wordSet(words string) map[string]struct{} {
	set := make(map[string]struct{})
	for word := range strings.FieldsSeq(words) {
		set[word] = struct{}{}
	}
	return set
}

// cutWord removes the longest word of the table that the text starts with. A Latin word must end where it ends.
func cutWord[M any](text string, table []entry[M]) (rest, word string, meaning M, ok bool) {
	for _, e := range table {
		rest, found := strings.CutPrefix(text, e.word)
		if !found || isLatin(e.word[len(e.word)-1]) && rest != "" && (isLatin(rest[0]) || rest[0] >= '2' && rest[0] <= '3') {
			continue
		}
		return rest, e.word, e.meaning, true
	}
	return text, "", meaning, false
}

func isLatin(c byte) bool { return 'a' <= c && c <= 'z' }

// folded maps full-width and traditional characters, and the forms used on cheques, to the ones the tables know.
var folded = strings.NewReplacer(
	"個", "个", "戶", "户", "間", "间", "棟", "栋", "處", "处", "條", "条", "項", "项", "張", "张", "冊", "册", "臺", "台", "輛", "辆",
	"隻", "只", "頭", "头", "顆", "颗", "塊", "块", "雙", "双", "對", "对", "場", "场", "屆", "届", "類", "类", "種", "种", "級", "级",
	"層", "层", "門", "门", "組", "组", "隊", "队", "團", "团", "輪", "轮", "車", "车", "餘", "余", "畝", "亩", "噸", "吨", "時", "时",
	"鐘", "钟", "內", "内", "約", "约", "將近", "将近", "幾", "几", "超過", "超过", "過", "过", "達", "达", "滿", "满", "於", "于", "萬", "万",
	"億", "亿", "兩", "两", "點", "点", "億元", "亿元", "貳", "二", "叁", "三", "肆", "四", "伍", "五", "陸", "六", "陆", "六", "柒", "七",
	"捌", "八", "玖", "九", "壹", "一", "贰", "二", "拾", "十", "佰", "百", "仟", "千", "○", "〇", "頃", "顷", "縣", "县", "鎮", "镇",
	"鄉", "乡", "員", "员", "後", "后", "不過", "不过", "以內", "以内", "之內", "之内", "圓", "元", "週", "周", "點", "点", "來", "来",
	"份兒", "份儿", "紀", "纪", "數", "数", "機", "机", "線", "线", "號", "号", "筆", "笔", "師", "师", "針", "针", "劑", "剂", "㎡", "平方米", "㎞", "公里",
	"≧", "≥", "≦", "≤", "許多", "许多", "個別", "个别", "−", "-", "–", "-", "—", "-", "～", "~", "〜", "~", "％", "%", "﹪", "%", "￥", "¥",
	"\u00a0", " ", "\u2009", " ", "\u202f", " ", "\u3000", " ",
)

// fold brings a printed figure to the characters that the tables use.
func fold(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r >= '！' && r <= '～' { // full-width ASCII
			r -= '！' - '!'
		}
		b.WriteRune(r)
	}
	return strings.ToLower(strings.TrimSpace(folded.Replace(b.String())))
}

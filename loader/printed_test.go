package loader

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/countyql/countyql/indicator"
)

func TestParsePrinted(t *testing.T) {
	const (
		exact   = indicator.Exact
		least   = indicator.AtLeast
		most    = indicator.AtMost
		approx  = indicator.Approximate
		percent = "%"
		mille   = "‰"
	)
	for _, c := range []struct {
		text      string
		value     float64
		precision indicator.Precision
		unit      string
	}{
		{"0", 0, exact, ""},
		{"1047", 1047, exact, ""},
		{"-3.2", -3.2, exact, ""},
		{"+4", 4, exact, ""},
		{"1.2e6", 1.2e6, exact, ""},
		{"0.1", 0.1, exact, ""},
		{"9007199254740993", 9007199254740992, exact, ""},
		{" 12 ", 12, exact, ""},
		{"1,047", 1047, exact, ""},
		{"12,345,678.9", 12345678.9, exact, ""},
		{"1 047", 1047, exact, ""},
		{"１，０４７", 1047, exact, ""},
		{"１０４７个", 1047, exact, ""},
		{"９７％", 97, exact, percent},
		{"１．５亿", 1.5e8, exact, ""},
		{"−3.2", -3.2, exact, ""},
		{"－5％", -5, exact, percent},
		{"负五", -5, exact, ""},
		{"1047个", 1047, exact, ""},
		{"58名", 58, exact, ""},
		{"4839人次", 4839, exact, ""},
		{"8车次", 8, exact, ""},
		{"305147户", 305147, exact, ""},
		{"100300户", 100300, exact, ""},
		{"52大类", 52, exact, ""},
		{"20000副", 20000, exact, ""},
		{"289支", 289, exact, ""},
		{"86万人", 860000, exact, ""},
		{"53万", 530000, exact, ""},
		{"60萬", 600000, exact, ""},
		{"8000万元", 8e7, exact, "元"},
		{"0.7億元", 7e7, exact, "元"},
		{"76.8億元", 7.68e9, exact, "元"},
		{"2.6亿元", 2.6e8, exact, "元"},
		{"1.5萬噸", 15000, exact, "吨"},
		{"7.8萬畝", 78000, exact, "亩"},
		{"6980平方公里", 6980, exact, "平方公里"},
		{"4000公里", 4000, exact, "公里"},
		{"20110公斤", 20110, exact, "公斤"},
		{"24小時", 24, exact, "小时"},
		{"25天", 25, exact, "天"},
		{"17年", 17, exact, "年"},
		{"55周年", 55, exact, "周年"},
		{"¥1,200", 1200, exact, "元"},
		{"￥1200元", 1200, exact, "元"},
		{"8.2万", 82000, exact, ""},
		{"4.35亿", 435000000, exact, ""},
		{"1.1万", 11000, exact, ""},
		{"2亿3000万", 2.3e8, exact, ""},
		{"1万2000", 12000, exact, ""},
		{"1.2万亿", 1.2e12, exact, ""},
		{"1万2000亿元", 1.2e12, exact, "元"},
		{"3百万", 3e6, exact, ""},
		{"5千", 5000, exact, ""},
		{"2 万", 20000, exact, ""},

		{"2万余名", 20000, least, ""},
		{"2.1万余名", 21000, least, ""},
		{"2万多", 20000, least, ""},
		{"2萬多份", 20000, least, ""},
		{"200多萬元", 2e6, least, "元"},
		{"890余萬元", 8.9e6, least, "元"},
		{"1200餘戶", 1200, least, ""},
		{"80余名", 80, least, ""},
		{"1500多人", 1500, least, ""},
		{"7000余人次", 7000, least, ""},
		{"60多天", 60, least, "天"},
		{"800多个小时", 800, least, "小时"},
		{"300户以上", 300, least, ""},
		{"300以上", 300, least, ""},
		{"超过300户", 300, least, ""},
		{"超300户", 300, least, ""},
		{"逾百万", 1e6, least, ""},
		{"至少95%", 95, least, percent},
		{"不少于20人", 20, least, ""},
		{"不低于5%", 5, least, percent},
		{"2000+", 2000, least, ""},
		{">=100", 100, least, ""},
		{"≥100", 100, least, ""},
		{"上百项", 100, least, ""},
		{"上千", 1000, least, ""},
		{"过百", 100, least, ""},
		{"百余名", 100, least, ""},
		{"万余", 10000, least, ""},
		{"十几名", 10, least, ""},
		{"八十余", 80, least, ""},
		{"三百余万", 3e6, least, ""},
		{"一个多月", 1, least, "月"},

		{"近2000个", 2000, approx, ""},
		{"近70万人次", 700000, approx, ""},
		{"近10個小時", 10, approx, "小时"},
		{"约97%", 97, approx, percent},
		{"約97％", 97, approx, percent},
		{"97%左右", 97, approx, percent},
		{"60%左右", 60, approx, percent},
		{"20000人左右", 20000, approx, ""},
		{"20000左右", 20000, approx, ""},
		{"100上下", 100, approx, ""},
		{"大约三千", 3000, approx, ""},
		{"将近一半", 50, approx, percent},
		{"接近100", 100, approx, ""},
		{"十来个", 10, approx, ""},
		{"约2万余名", 20000, approx, ""},

		{"不到一天", 1, most, "天"},
		{"不到一个小时", 1, most, "小时"},
		{"不足50人", 50, most, ""},
		{"不超过3%", 3, most, percent},
		{"最多100", 100, most, ""},
		{"100户以下", 100, most, ""},
		{"6天內", 6, most, "天"},
		{"低于5%", 5, most, percent},
		{"<100", 100, most, ""},

		{"一半", 50, exact, percent},
		{"半数", 50, exact, percent},
		{"过半", 50, least, percent},
		{"一半以上", 50, least, percent},
		{"两成", 20, exact, percent},
		{"近七成", 70, approx, percent},
		{"超八成", 80, least, percent},
		{"九成多", 90, least, percent},
		{"八成半", 85, exact, percent},
		{"七成五", 75, exact, percent},
		{"百分之九十五", 95, exact, percent},
		{"百分之九十六点九四", 96.94, exact, percent},
		{"百分之百", 100, exact, percent},
		{"百分之95", 95, exact, percent},
		{"千分之三", 3, exact, mille},
		{"万分之五", 0.05, exact, percent},
		{"四分之三", 75, exact, percent},
		{"三分之一", 100.0 / 3, exact, percent},
		{"5‰", 5, exact, mille},
		{"0.5个百分点", 0.5, exact, percent},
		{"2.1 percent", 2.1, exact, percent},
		{"2.1 per cent", 2.1, exact, percent},

		{"零", 0, exact, ""},
		{"十项", 10, exact, ""},
		{"十三", 13, exact, ""},
		{"二十三条", 23, exact, ""},
		{"两个小时", 2, exact, "小时"},
		{"两批", 2, exact, ""},
		{"一百零五", 105, exact, ""},
		{"一百五", 150, exact, ""},
		{"一千零四十七", 1047, exact, ""},
		{"两千三百", 2300, exact, ""},
		{"一万二", 12000, exact, ""},
		{"一万零五百", 10500, exact, ""},
		{"一亿两千万", 1.2e8, exact, ""},
		{"一点五亿", 1.5e8, exact, ""},
		{"十点五", 10.5, exact, ""},
		{"二〇二〇", 2020, exact, ""},
		{"壹佰贰拾", 120, exact, ""},
		{"半年", 0.5, exact, "年"},
		{"半个月", 0.5, exact, "月"},
		{"一个半小时", 1.5, exact, "小时"},
		{"两年半", 2.5, exact, "年"},
		{"共232个", 232, exact, ""},
		{"达到1.5亿", 1.5e8, exact, ""},

		{"over 20,000 people", 20000, least, ""},
		{"More than 300 households", 300, least, ""},
		{"at least 95%", 95, least, percent},
		{"300 or more", 300, least, ""},
		{"about 97%", 97, approx, percent},
		{"nearly 2,000 checkpoints", 2000, approx, ""},
		{"~2000", 2000, approx, ""},
		{"20 or so", 20, approx, ""},
		{"up to 3 days", 3, most, "days"},
		{"less than 1 hour", 1, most, "hour"},
		{"1.5 million", 1.5e6, exact, ""},
		{"20 thousand people", 20000, exact, ""},
		{"2.6 billion yuan", 2.6e9, exact, "yuan"},
		{"half", 50, exact, percent},
		{"12 km", 12, exact, "km"},
		{"12 km2", 12, exact, "km2"},
		{"-5% or more", -5, most, percent},
		{"+5%", 5, exact, percent},
		{"12k", 12000, exact, ""},
		{"1.5bn", 1.5e9, exact, ""},
		{"20 mn", 2e7, exact, ""},
		{"1.2 trillion", 1.2e12, exact, ""},
		{"12 kg", 12, exact, "kg"},
		{"3 dozen", 36, exact, ""},
		{"a dozen volunteers", 12, exact, ""},
		{"half a dozen", 6, exact, ""},
		{"nearly a million", 1e6, approx, ""},
		{"over half a million people", 5e5, least, ""},
		{"nearly half", 50, approx, percent},
		{"about 2 hundred", 200, approx, ""},
		{"12 per thousand", 12, exact, mille},
		{"1 234 567", 1234567, exact, ""},
		{"1\u202f234\u202f567", 1234567, exact, ""},
		{"１２，３４５．６７", 12345.67, exact, ""},
		{"９５．５％", 95.5, exact, percent},
		{"≧5", 5, least, ""},
		{"＞5", 5, least, ""},
		{"近三成", 30, approx, percent},
		{"不足一成", 10, most, percent},
		{"三分之二左右", 200.0 / 3, approx, percent},
		{"约百分之九十五", 95, approx, percent},
		{"百分之九十五以上", 95, least, percent},
		{"超1.5亿元", 1.5e8, least, "元"},
		{"8000万元以上", 8e7, least, "元"},
		{"2亿5千万", 2.5e8, exact, ""},
		{"近亿", 1e8, approx, ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, err := ParsePrinted(c.text)
			if err != nil {
				t.Fatal(err)
			}
			want := Printed{Value: c.value, Precision: c.precision, Unit: c.unit}
			if c.unit == percent || c.unit == mille {
				want.Unit, want.Percent, want.PerMille = "", c.unit == percent, c.unit == mille
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestParsePrintedRefuses(t *testing.T) {
	for _, c := range []struct {
		text   string
		reason error
	}{
		{"", errNoNumber},
		{"12x", errNoNumber},
		{"NaN", errNoNumber},
		{"Inf", errNoNumber},
		{"-Infinity", errNoNumber},
		{"0x10", errNoNumber},
		{"1e999", errBounds},
		{"1e-999", errBounds},
		{"０.０e０１ｅ", errNoNumber},
		{"--5", errNoNumber},
		{"第3", errNoNumber},
		{"N95", errNoNumber},
		{"十八般", errNoNumber},
		{"名", errNoNumber},
		{"约", errNoNumber},
		{"%", errNoNumber},
		{"一日两", errNoNumber},
		{"2020-02-18", errRange},
		{"100-300", errRange},
		{"100—300户", errRange},
		{"100~300", errRange},
		{"3至5天", errRange},
		{"3到5", errRange},
		{"5 to 10", errRange},
		{"三五天", errRange},
		{"三四十", errRange},
		{"几十", errVague},
		{"数百名", errVague},
		{"100～300", errRange},
		{"１００－３００户", errRange},
		{"0.5-1%", errRange},
		{"两三百", errRange},
		{"1_000", errNoNumber},
		{"1'234", errNoNumber},
		{"1 2345", errNoNumber},
		{"1.5e3亿", errNoNumber},
		{"1.8e308", errBounds},
		{"1/3", errNoNumber},
		{"±5", errNoNumber},
		{"+", errNoNumber},
		{"+-5%", errNoNumber},
		{"a", errNoNumber},
		{"half a", errNoNumber},
		{"half a person", errNoNumber},
		{"12 xyz", errNoNumber},
		{"下降3.2%", errNoNumber},
		{"若干", errVague},
		{"several hundred", errVague},
		{"dozens of volunteers", errVague},
		{"hundreds", errVague},
		{"1.234,5", errAmbiguous},
		{"1.234.567", errAmbiguous},
		{"1,23,456", errAmbiguous},
		{"1,5", errAmbiguous},
		{"0,500", errAmbiguous},
		{"1234,567", errAmbiguous},
		{"12,34", errAmbiguous},
		{"3万5", errAmbiguous},
		{"1亿2亿", errAmbiguous},
		{"百千", errAmbiguous},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, err := ParsePrinted(c.text)
			var typed *indicator.Error
			if !errors.As(err, &typed) || typed.Code != indicator.InvalidInput || typed.Hint == "" {
				t.Fatalf("got %+v, %v", got, err)
			}
			if want := quote(c.text) + " " + c.reason.Error(); typed.Message != want {
				t.Errorf("got %s, want %s", typed.Message, want)
			}
		})
	}
}

// widen writes a text in full-width characters where there are such.
func widen(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '!' && r <= '~' {
			return r + '！' - '!'
		}
		return r
	}, text)
}

func FuzzParsePrinted(f *testing.F) {
	for _, text := range []string{"2万余名", "近2000个", "约97%", "一半", "百分之九十五", "1,047", "一亿两千三百万零五", "over 20,000", "100-300", "半个月"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParsePrinted(text)
		if err != nil {
			if got != (Printed{}) {
				t.Errorf("an error comes with %+v", got)
			}
			return
		}
		if math.IsNaN(got.Value) || math.IsInf(got.Value, 0) {
			t.Errorf("%q is read as %v", text, got.Value)
		}
		if got.Percent && got.PerMille {
			t.Errorf("%q is both percent and per mille", text)
		}
		if !utf8.ValidString(got.Unit) {
			t.Errorf("%q has the unit %q", text, got.Unit)
		}
		// Full-width characters are the same as the plain ones.
		if wide, err := ParsePrinted(widen(text)); err != nil || wide != got {
			t.Errorf("%q is read as %+v, in full width as %+v, %v", text, got, wide, err)
		}
		// What was read is read the same again as a plain number.
		again, err := ParsePrinted(strconv.FormatFloat(got.Value, 'f', -1, 64))
		if err != nil || again != (Printed{Value: got.Value}) {
			t.Errorf("%q is %v, which is read as %+v, %v", text, got.Value, again, err)
		}
	})
}

package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings that are recognised.
const (
	encodingUTF8    = "UTF-8"
	encodingUTF16LE = "UTF-16LE"
	encodingUTF16BE = "UTF-16BE"
	encodingGB18030 = "GB18030"
)

// window is how much of a file is looked at to tell encodings apart, from the first byte that is not ASCII.
const window = 256 << 10

const byteOrderMark = "\uFEFF"

// decoder turns a file's text into UTF-8.
//
// ASCII is the same in UTF-8 and GB18030, so the two are told apart where the first other byte comes. Text that is taken for
// UTF-8 passes as it is, with what is not UTF-8 in it: that is found cell by cell, where the place is known and reading can go on.
type decoder struct {
	file   string
	source *bufio.Reader
	// name is the encoding; empty as long as all bytes were ASCII and the encoding is to be recognised.
	name    string
	convert io.Reader // from the encoding to UTF-8; nil where bytes pass as they are
	chunk   []byte    // converted, not passed on yet
	buffer  []byte
	legacy  encoding.Encoding // what text that is not UTF-8 is read as; nil if that is to be recognised
	first   bool              // nothing was converted yet
	line    int               // of what was converted
	column  int
	err     error
}

// newDecoder begins to read text in an encoding, or in one that is recognised if the encoding is empty.
func newDecoder(file string, source *bufio.Reader, encodingName string) (*decoder, error) {
	d := &decoder{file: file, source: source, line: 1, column: 1, first: true}
	start := peek(source, 512)
	recognised := unicodeEncoding(start)
	wanted := strings.ToLower(encodingName)
	switch wanted {
	case "":
		d.setUnicode(recognised)
	case "utf-8", "utf8":
		if recognised != "" && recognised != encodingUTF8 {
			return nil, broken(file, CodeEncoding, "leave the encoding out, or say "+strings.ToLower(recognised), "the file is not UTF-8: it is %s", recognised)
		}
		d.setUnicode(encodingUTF8)
	case "utf-16", "utf16":
		if recognised != encodingUTF16LE && recognised != encodingUTF16BE {
			return nil, broken(file, CodeEncoding, "say utf-16le or utf-16be if it is", "the file is not recognised as UTF-16")
		}
		d.setUnicode(recognised)
	case "utf-16le":
		d.setUnicode(encodingUTF16LE)
	case "utf-16be":
		d.setUnicode(encodingUTF16BE)
	case "gb18030", "gbk", "gb2312": // the older ones are parts of it
		d.set(encodingGB18030, simplifiedchinese.GB18030)
	default:
		found, err := htmlindex.Get(wanted)
		if err != nil {
			return nil, broken(file, CodeEncoding, "use utf-8, utf-16 or gb18030", "there is no encoding %q", cut(encodingName))
		}
		d.set(wanted, found)
	}
	if d.convert == nil && bytes.HasPrefix(start, []byte(byteOrderMark)) {
		if _, err := source.Discard(len(byteOrderMark)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// KnownEncoding reports whether Options.Encoding may be a name.
func KnownEncoding(name string) bool {
	switch strings.ToLower(name) {
	case "", "utf8", "utf16", "utf-16":
		return true
	}
	_, err := htmlindex.Get(name)
	return err == nil
}

// unicodeEncoding recognises UTF-8 by its mark, UTF-16 by its mark or by its zero bytes: ASCII characters, of which every table has
// some, have one in each pair, always on the same side; a few others, such as 一, have one on the other. It is empty for anything else.
func unicodeEncoding(start []byte) string {
	switch {
	case bytes.HasPrefix(start, []byte(byteOrderMark)):
		return encodingUTF8
	case bytes.HasPrefix(start, []byte{0xFF, 0xFE}):
		return encodingUTF16LE
	case bytes.HasPrefix(start, []byte{0xFE, 0xFF}):
		return encodingUTF16BE
	}
	var zeros [2]int
	for i, b := range start {
		if b == 0 {
			zeros[i%2]++
		}
	}
	// A stray zero byte in other text is no sign.
	switch enough := max(len(start)/16, 1); {
	case zeros[0]*4 <= zeros[1] && zeros[1] >= enough && len(start) > 3:
		return encodingUTF16LE
	case zeros[1]*4 <= zeros[0] && zeros[0] >= enough && len(start) > 3:
		return encodingUTF16BE
	}
	return ""
}

func (d *decoder) setUnicode(name string) {
	d.name = name
	switch name {
	case encodingUTF16LE:
		d.set(name, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM))
	case encodingUTF16BE:
		d.set(name, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM))
	}
}

func (d *decoder) set(name string, from encoding.Encoding) {
	d.name = name
	if from == unicode.UTF8 {
		d.name = encodingUTF8
		return
	}
	d.convert = transform.NewReader(d.source, from.NewDecoder())
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	switch {
	case d.convert != nil:
		return d.converted(p)
	case d.name != "":
		return d.source.Read(p)
	}
	if _, err := d.source.Peek(1); err != nil {
		return 0, err
	}
	text, _ := d.source.Peek(min(d.source.Buffered(), len(p)))
	ascii := 0
	for ascii < len(text) && text[ascii] < utf8.RuneSelf {
		ascii++
	}
	if ascii == 0 && len(text) > 0 {
		d.recognise()
		return d.Read(p)
	}
	d.advance(text[:ascii])
	return d.source.Read(p[:ascii])
}

// recognise decides between UTF-8 and GB18030 at the first byte that is not ASCII.
func (d *decoder) recognise() {
	text, err := d.source.Peek(window)
	atEnd := err != nil
	d.setUnicode(encodingUTF8)
	good, bad := countUTF8(text, atEnd)
	// Of Chinese text in GB18030 most is no UTF-8. UTF-8 in which some bytes were damaged could be read as GB18030 too, as nonsense.
	if bad > good && d.legacy != nil {
		d.set(strings.ToLower(strings.ReplaceAll(fmt.Sprint(d.legacy), " ", "-")), d.legacy)
	} else if bad > good && isGB18030(text, atEnd) {
		d.set(encodingGB18030, simplifiedchinese.GB18030)
	}
}

// countUTF8 counts the characters of UTF-8 that are not ASCII, and the bytes that are no UTF-8.
func countUTF8(text []byte, atEnd bool) (good, bad int) {
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[1:]
			continue
		}
		if !atEnd && !utf8.FullRune(text) {
			break
		}
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		text = text[size:]
	}
	return good, bad
}

// isGB18030 reports whether all of a text is GB18030 and looks like Chinese: nearly all characters in use have two high bytes,
// whereas in text of Western encodings a high byte stands before a letter.
func isGB18030(text []byte, atEnd bool) bool {
	dst := make([]byte, 3*len(text)+16)
	n, _, err := simplifiedchinese.GB18030.NewDecoder().Transform(dst, text, atEnd)
	if err != nil && !errors.Is(err, transform.ErrShortSrc) || bytes.ContainsRune(dst[:n], utf8.RuneError) {
		return false
	}
	high, low := 0, 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] < utf8.RuneSelf {
			continue
		}
		i++
		if text[i] < utf8.RuneSelf {
			low++
		} else {
			high++
		}
	}
	return high > low
}

// converted passes on converted text up to the first character that is not in the encoding.
func (d *decoder) converted(p []byte) (int, error) {
	for len(d.chunk) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		if d.buffer == nil {
			d.buffer = make([]byte, 16<<10)
		}
		var n int
		n, d.err = d.convert.Read(d.buffer)
		d.chunk = d.buffer[:n]
		if d.first && n > 0 {
			d.chunk = bytes.TrimPrefix(d.chunk, []byte(byteOrderMark))
			d.first = false
		}
		// The converters write this character for what they cannot read.
		if lost := bytes.IndexRune(d.chunk, utf8.RuneError); lost >= 0 {
			d.chunk = d.chunk[:lost]
			d.advance(d.chunk)
			d.err = at(broken(d.file, CodeEncoding, "save the file as UTF-8", "there are bytes here that are not %s", d.name), d.line, d.column)
			continue
		}
		d.advance(d.chunk)
	}
	n := copy(p, d.chunk)
	d.chunk = d.chunk[n:]
	return n, nil
}

// advance counts the lines and characters of text.
func (d *decoder) advance(text []byte) {
	if newline := bytes.LastIndexByte(text, '\n'); newline >= 0 {
		d.line += bytes.Count(text, []byte{'\n'})
		d.column = 1
		text = text[newline+1:]
	}
	d.column += utf8.RuneCount(text)
}

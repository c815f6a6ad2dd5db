package tabular

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// workbook is an Excel workbook: the parts that its sheets share.
type workbook struct {
	file     string
	archive  *zip.Reader
	limits   Limits
	unzipped int64 // bytes of all parts read
	sheets   []sheetName
	texts    []string // shared by cells
	dates    []bool   // by style: whether it shows a number as a date or time
	from1904 bool     // days are counted from 1904
}

// sheetName is a sheet and the part that holds it.
type sheetName struct {
	Name  string `xml:"name,attr"`
	State string `xml:"state,attr"`
	ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
	Old   string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
	part  string
}

func openWorkbook(file string, content io.ReaderAt, size int64, limits Limits) (*workbook, error) {
	archive, err := zip.NewReader(content, size)
	if err != nil {
		return nil, broken(file, CodeSyntax, "the file was cut off or damaged: save it again", "the workbook is damaged: %v", err)
	}
	b := &workbook{file: file, archive: archive, limits: limits}
	var total uint64
	for _, part := range archive.File {
		total += part.UncompressedSize64
		if total > uint64(limits.UnzippedBytes) || part.UncompressedSize64 > uint64(limits.UnzippedBytes) {
			return nil, over(file, "the unzipped workbook", "unzipped_bytes", limits.UnzippedBytes)
		}
	}
	main, err := b.mainPart()
	if err != nil {
		return nil, err
	}
	return b, b.readMain(main)
}

// relation names a part that another one refers to.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// relations reads what a part refers to.
func (b *workbook) relations(part string) ([]relation, error) {
	var list struct {
		Relations []relation `xml:"Relationship"`
	}
	dir, name := path.Split(part)
	err := b.decode(dir+"_rels/"+name+".rels", &list)
	for i := range list.Relations {
		target := list.Relations[i].Target
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		list.Relations[i].Target = strings.TrimPrefix(path.Clean(target), "/")
	}
	return list.Relations, err
}

func (b *workbook) mainPart() (string, error) {
	list, err := b.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range list {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			return r.Target, nil
		}
	}
	return "", broken(b.file, CodeSyntax, "", "the archive is no Excel workbook")
}

// readMain reads the list of sheets, and the texts and styles that they share.
func (b *workbook) readMain(main string) error {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []sheetName `xml:"sheets>sheet"`
	}
	if err := b.decode(main, &book); err != nil {
		return err
	}
	b.from1904 = book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true"
	list, err := b.relations(main)
	if err != nil {
		return err
	}
	for _, r := range list {
		switch {
		case strings.HasSuffix(r.Type, "/worksheet"):
			for i := range book.Sheets {
				if s := &book.Sheets[i]; s.ID == r.ID || s.Old == r.ID {
					s.part = r.Target
				}
			}
		case !b.has(r.Target): // cells that need it say so
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			err = b.readTexts(r.Target)
		case strings.HasSuffix(r.Type, "/styles"):
			err = b.readStyles(r.Target)
		}
		if err != nil {
			return err
		}
	}
	b.sheets = slices.DeleteFunc(book.Sheets, func(s sheetName) bool { return s.part == "" }) // charts
	return nil
}

// sheet finds a sheet by its name, or the only one that is not hidden.
func (b *workbook) sheet(name string) (sheetName, error) {
	var names []string
	var visible []sheetName
	for _, s := range b.sheets {
		if name != "" && s.Name == name {
			return s, nil
		}
		names = append(names, strconv.Quote(s.Name))
		if s.State == "" || s.State == "visible" {
			visible = append(visible, s)
		}
	}
	all := cut(strings.Join(names, ", "))
	switch {
	case name != "":
		return sheetName{}, broken(b.file, CodeSyntax, "its sheets are "+all, "the workbook has no sheet %q", cut(name))
	case len(visible) == 1:
		return visible[0], nil
	case len(b.sheets) == 0:
		return sheetName{}, broken(b.file, CodeSyntax, "", "the workbook has no sheet")
	}
	return sheetName{}, broken(b.file, CodeSyntax, "name one of "+all, "the workbook has %d sheets", len(b.sheets))
}

func (b *workbook) has(part string) bool {
	return slices.ContainsFunc(b.archive.File, func(f *zip.File) bool { return f.Name == part })
}

// open opens a part. All that is read of all parts counts against the limit, whatever the archive says about their sizes.
func (b *workbook) open(name string) (io.ReadCloser, error) {
	part, err := b.archive.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, broken(b.file, CodeSyntax, "", "the workbook is damaged: it lacks %q", cut(name))
	}
	if err != nil {
		return nil, b.damage(err)
	}
	return &partReader{ReadCloser: part, book: b}, nil
}

type partReader struct {
	io.ReadCloser
	book *workbook
}

func (r *partReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.book.unzipped += int64(n)
	if r.book.unzipped > 2*r.book.limits.UnzippedBytes { // a sheet may be read twice
		err = over(r.book.file, "the unzipped workbook", "unzipped_bytes", r.book.limits.UnzippedBytes)
	}
	return n, err
}

// damage turns an error of the archive or of its XML into a Malformed.
func (b *workbook) damage(err error) error {
	var m *Malformed
	if errors.As(err, &m) {
		return m
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return broken(b.file, CodeSyntax, "the file was cut off or damaged: save it again", "the workbook is damaged: %v", err)
}

// decode reads a small part into a struct.
func (b *workbook) decode(name string, into any) error {
	part, err := b.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	limited := &io.LimitedReader{R: part, N: b.limits.HeaderBytes + 1}
	err = xml.NewDecoder(limited).Decode(into)
	switch {
	case limited.N <= 0:
		return over(b.file, "the list of sheets or styles", "header_bytes", b.limits.HeaderBytes)
	case err != nil:
		return b.damage(err)
	}
	return nil
}

// token reads an XML token; the end of a part is damage too, because every part ends with its closing tag.
func (b *workbook) token(d *xml.Decoder) (xml.Token, error) {
	token, err := d.Token()
	if err != nil {
		return nil, b.damage(err)
	}
	return token, nil
}

// text reads the text of an element that holds nothing else, up to its end.
func (b *workbook) text(d *xml.Decoder, element string, limit int64) (string, error) {
	var text strings.Builder
	for {
		token, err := b.token(d)
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.CharData:
			text.Write(e)
			if int64(text.Len()) > limit {
				return "", over(b.file, "the cell", "cell_bytes", limit)
			}
		case xml.EndElement:
			if e.Name.Local == element {
				return text.String(), nil
			}
		}
	}
}

// richText reads the text of an element whose parts may be written in different ways, up to its end. How it is pronounced is left
// out.
func (b *workbook) richText(d *xml.Decoder, element string, limit int64) (string, error) {
	var text strings.Builder
	phonetic := 0
	for {
		token, err := b.token(d)
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch {
			case e.Name.Local == "rPh":
				phonetic++
			case e.Name.Local == "t" && phonetic == 0:
				part, err := b.text(d, "t", limit)
				if err != nil {
					return "", err
				}
				text.WriteString(part)
				if int64(text.Len()) > limit {
					return "", over(b.file, "the cell", "cell_bytes", limit)
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "rPh":
				phonetic--
			case element:
				return text.String(), nil
			}
		}
	}
}

// readTexts reads the texts that cells share.
func (b *workbook) readTexts(name string) error {
	part, err := b.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	d := xml.NewDecoder(part)
	var size int64
	for {
		token, err := b.token(d)
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "si" {
				continue
			}
			text, err := b.richText(d, "si", b.limits.CellBytes)
			if err != nil {
				return err
			}
			const header = 16 // of each text
			if size += int64(len(text)) + header; size > b.limits.TextBytes {
				return over(b.file, "the texts of the workbook", "text_bytes", b.limits.TextBytes)
			}
			b.texts = append(b.texts, text)
		case xml.EndElement:
			if e.Name.Local == "sst" {
				return nil
			}
		}
	}
}

// mergedRanges reads which cells of a sheet are merged; they stand behind its rows.
func (b *workbook) mergedRanges(sheet sheetName) ([]mergedRange, error) {
	part, err := b.open(sheet.part)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	d := xml.NewDecoder(part)
	var ranges []mergedRange
	for {
		token, err := b.token(d)
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "mergeCell" {
				continue
			}
			first, last, _ := strings.Cut(attribute(e, "ref"), ":")
			left, top, ok := splitReference(first)
			right, bottom, okToo := splitReference(last)
			if !ok || !okToo || right < left || bottom < top || int64(right) >= b.limits.Columns {
				return nil, broken(b.file, CodeSyntax, "", "the workbook is damaged: it merges the cells %q", cut(attribute(e, "ref")))
			}
			if ranges = append(ranges, mergedRange{top: top, bottom: bottom, left: left, right: right}); int64(len(ranges)) > b.limits.Columns {
				return nil, over(b.file, "the number of merged ranges", "columns", b.limits.Columns)
			}
		case xml.EndElement:
			if e.Name.Local == "worksheet" {
				return ranges, nil
			}
		}
	}
}

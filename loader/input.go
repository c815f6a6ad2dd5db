package loader

import (
	"io"
	"io/fs"
	"strings"

	"github.com/countyql/countyql/loader/tabular"
)

// Input is what is loaded: a data package, or files without a description.
type Input struct {
	Name string // what logs call it, such as the package's directory
	// FS holds datapackage.json at its root. It is not used if there are files.
	FS fs.FS
	// Files hold tables without a description. One whose name, without its endings, is that of one of our tables is that table,
	// any other holds observations; files of the same table are read one after the other as one.
	Files []InputFile
	// Mapping says how the files that would hold observations become observations; nil if they are observations already. The rows
	// that it declares are loaded with them.
	Mapping *Mapping
}

// InputFile is a file without a description, or standard input.
type InputFile struct {
	Name string // its path, or what problems call it
	Size int64  // in bytes; -1 if it is not known
	Open func() (io.ReadCloser, error)
}

// describe says what tables there are to be loaded. What is wrong with a package's description goes to problems.
func (i *Input) describe(problems *problems) (*descriptor, error) {
	if len(i.Files) == 0 {
		return readDescriptor(i.FS, problems)
	}
	d := &descriptor{name: i.Name}
	for _, declared := range i.Mapping.declared() {
		res := d.bare(declared.Name)
		res.files = append(res.files, source{name: i.Mapping.file.Name, declared: &declared})
	}
	for _, f := range i.Files {
		table, _ := tabular.SplitName(f.Name)
		if tableColumns[table] == nil {
			table = tableObservations
		}
		res := d.bare(table)
		s := source{name: f.Name, size: f.Size, content: f.Open, options: tabular.Options{Columns: res.fieldNames()}}
		if table == tableObservations && i.Mapping != nil {
			s.mapping, s.options = i.Mapping.mapping, i.Mapping.options()
		}
		res.files = append(res.files, s)
		d.bytes += max(f.Size, 0)
	}
	return d, nil
}

// bare returns the resource of a table that nothing describes.
func (d *descriptor) bare(table string) *resource {
	if res, ok := d.find(table); ok {
		return res
	}
	d.resources = append(d.resources, bareResource(table))
	return &d.resources[len(d.resources)-1]
}

// bareResource is a table that nothing describes: it may have any of its columns, and what they hold is left to the rules of the
// table itself.
func bareResource(table string) resource {
	res := resource{name: table, bare: true}
	for _, column := range tableColumns[table] {
		name, required := strings.CutSuffix(column, "!")
		res.fields = append(res.fields, field{name: name, kind: "string", optional: !required})
	}
	return res
}

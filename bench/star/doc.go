// Package star makes data packages of any size that look like a statistical office's: counties below prefectures and
// provinces, indicators of every kind, revisions and gaps. The same options make the same bytes.
package star

package web

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// QR is a QR code as the path of an SVG with Size by Size modules.
type QR struct {
	Size int
	Path string
}

// newQR draws a text with medium error correction (ISO/IEC 18004 level M).
func newQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QR{}, fmt.Errorf("web: QR code: %T", err) // the error may quote the text
	}
	const quiet = 4 // modules of white around, which scanners need
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return QR{size + 2*quiet, path.String()}, nil
}

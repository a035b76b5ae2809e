// Where things stand, in pixels. The server says in which cell of a grid each stage stands; here the grid is laid across the page, or down
// where it would not fit. "Along" is the way of the stream, "aside" is beside it.

export const HEIGHT = 98;

const EDGE = 16; // between the graph and its frame
const WIDTHS = { across: [140, 200], down: [150, 220] };
const MEETING = 12; // where arms meet there is a dot
// Between columns: what an arrow needs for its text.
const GAPS = {
  across: { part: 130, link: 100, arm: 84, plain: 28, aside: 44 },
  down: { part: 112, link: 66, arm: 46, plain: 26, aside: 20 },
};
const PAD = 8; // between the box of a part and what is in it
const HEAD = 18; // of such a box, for its name

export class Grid {
  constructor({ nodes, arrows, columns, rows }, room) {
    Object.assign(this, { nodes, arrows, across: true });
    if (this.lay(columns, rows, room)) return;
    this.across = false;
    this.lay(columns, rows, room);
  }

  /** Where each column begins and ends, and each row. Gives whether it fits. */
  lay(columns, rows, room) {
    const gaps = this.across ? GAPS.across : GAPS.down;
    const [least, most] = this.across ? WIDTHS.across : WIDTHS.down;
    const before = Array.from({ length: columns }, (_, column) => (column === 0 ? 0 : this.gap(column, gaps)));
    const dots = before.map((_, column) => this.nodes.every((node) => node.column !== column || !node.name));
    const between = 2 * EDGE + before.reduce((sum, gap) => sum + gap, 0) + MEETING * dots.filter(Boolean).length;
    const stages = dots.filter((dot) => !dot).length;
    const fitting = this.across ? (room - between) / stages : (room - 2 * EDGE - (rows - 1) * gaps.aside) / rows;
    this.width = Math.floor(Math.max(least, Math.min(most, fitting)));
    const [length, breadth] = this.across ? [this.width, HEIGHT] : [HEIGHT, this.width];
    const head = this.nodes.some(({ part }) => part !== null) ? HEAD : 0;
    const [first, side] = this.across ? [EDGE, EDGE + head] : [EDGE + head, EDGE];
    let end = first;
    this.columns = before.map((gap, column) => {
      const begin = end + gap;
      end = begin + (dots[column] ? MEETING : length);
      return { begin, end };
    });
    this.rows = Array.from({ length: rows }, (_, row) => side + row * (breadth + gaps.aside));
    const wide = side + EDGE + rows * (breadth + gaps.aside) - gaps.aside;
    this.size = this.across ? [end + EDGE, wide] : [wide, end + EDGE];
    return fitting >= least;
  }

  /** What the arrows into a column need before it. */
  gap(column, gaps) {
    const into = this.arrows.filter((arrow) => this.nodes[arrow.to].column === column);
    if (into.some(({ from, to }) => this.nodes[from].part !== this.nodes[to].part)) return gaps.part;
    if (into.some(({ link }) => link !== null)) return gaps.link;
    return into.some(({ arm }) => arm) ? gaps.arm : gaps.plain;
  }

  /** A box around all that stands in each part. */
  boxes() {
    const parts = [...new Set(this.nodes.map(({ part }) => part))].filter((part) => part !== null);
    return parts.map((part) => {
      const inside = this.nodes.filter((node) => node.part === part);
      const [columns, rows] = [inside.map(({ column }) => column), inside.map(({ row }) => row)];
      const [x, y] = this.point(this.columns[Math.min(...columns)].begin, this.rows[Math.min(...rows)]);
      const breadth = this.across ? HEIGHT : this.width;
      const [toX, toY] = this.point(this.columns[Math.max(...columns)].end, this.rows[Math.max(...rows)] + breadth);
      return { part, x: x - PAD, y: y - HEAD, width: toX - x + 2 * PAD, height: toY - y + HEAD + PAD };
    });
  }

  /** A point, from where it is along and aside. */
  point(along, aside) {
    return this.across ? [along, aside] : [aside, along];
  }

  /** The middle of a row. */
  middle(row) {
    return this.rows[row] + (this.across ? HEIGHT : this.width) / 2;
  }

  /** The corner of a stage's box, or the middle of a dot. */
  place({ name, column, row }) {
    const { begin, end } = this.columns[column];
    return name ? this.point(begin, this.rows[row]) : this.point((begin + end) / 2, this.middle(row));
  }

  /** The corners of an arrow's way, two for each cell that it passes. */
  way({ from, to, via }) {
    const ends = (column, node) => {
      const { begin, end } = this.columns[column];
      const middle = (begin + end) / 2;
      // A dot may stand in a column of boxes.
      return node && !node.name ? [middle - MEETING / 2, middle + MEETING / 2] : [begin, end];
    };
    const [first, last] = [this.nodes[from], this.nodes[to]];
    return [
      this.point(ends(first.column, first)[1], this.middle(first.row)),
      ...via.flatMap(([column, row]) => ends(column).map((along) => this.point(along, this.middle(row)))),
      this.point(ends(last.column, last)[0], this.middle(last.row)),
    ];
  }

  /** A path through these corners: a curve, a line, a curve, … */
  path(corners) {
    let path = `M${corners[0]}`;
    for (let index = 1; index < corners.length; index += 1) {
      const [[x, y], [toX, toY]] = [corners[index - 1], corners[index]];
      if (index % 2 === 0) path += `L${toX},${toY}`;
      else if (this.across) path += `C${(x + toX) / 2},${y} ${(x + toX) / 2},${toY} ${toX},${toY}`;
      else path += `C${x},${(y + toY) / 2} ${toX},${(y + toY) / 2} ${toX},${toY}`;
    }
    return path;
  }

  /** Where so many lines of text stand beside an arrow's last curve, and how wide they may be. Arms turn off below, or to the right: beside a
   * straight arrow the other side is free. */
  texts(corners, lines) {
    const [[x, y], [toX, toY]] = corners.slice(-2);
    const place = (_, line) => {
      if (this.across) {
        const first = y === toY ? y + 2 - 14 * lines : Math.max(y, toY) + 20;
        return { x: (x + toX) / 2, y: first + 14 * line, "text-anchor": "middle" };
      }
      const first = (y + toY) / 2 - 7 * lines + 11;
      const side = x === toX ? { x: x - 12, "text-anchor": "end" } : { x: toX + 12 };
      return { ...side, y: first + 14 * line };
    };
    return { places: Array.from({ length: lines }, place), room: this.across ? toX - x - 4 : this.width / 2 - 14 };
  }
}

/** A linked shader program with cached uniform locations: looking them up per frame is slow. */
export class WebglProgram {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #locations = new Map<string, WebGLUniformLocation | null>();

  private constructor(gl: WebGL2RenderingContext, program: WebGLProgram) {
    this.#gl = gl;
    this.#program = program;
  }

  /** @returns null if the context was lost: linking fails for no other reason. */
  static link(gl: WebGL2RenderingContext, vertexSource: string, fragmentSource: string): WebglProgram | null {
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertexSource],
      [gl.FRAGMENT_SHADER, fragmentSource],
    ] as const) {
      const shader = gl.createShader(kind);
      if (shader === null) return null;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      gl.deleteShader(shader);
    }
    gl.linkProgram(program);
    return gl.getProgramParameter(program, gl.LINK_STATUS) ? new WebglProgram(gl, program) : null;
  }

  use(): void {
    this.#gl.useProgram(this.#program);
  }

  uniform(name: string): WebGLUniformLocation | null {
    let location = this.#locations.get(name);
    if (location === undefined) {
      location = this.#gl.getUniformLocation(this.#program, name);
      this.#locations.set(name, location);
    }
    return location;
  }

  destroy(): void {
    this.#gl.deleteProgram(this.#program);
  }
}

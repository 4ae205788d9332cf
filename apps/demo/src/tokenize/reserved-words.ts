/** Words that are part of a language and therefore no identifiers, by family. */

const words = (list: string): string[] => list.split(/\s+/).filter((word) => word !== '');

export const ECMASCRIPT_WORDS: ReadonlySet<string> = new Set(
  words(`
    async await break case catch class const continue debugger default delete do else enum export extends false finally for function get if
    import in instanceof let new null of return set static super switch this throw true try typeof undefined var void while with yield
  `),
);

export const TYPESCRIPT_WORDS: ReadonlySet<string> = new Set([
  ...ECMASCRIPT_WORDS,
  ...words(`
    abstract any as asserts bigint boolean declare from implements infer interface is keyof module namespace never number object override
    private protected public readonly satisfies string symbol type unique unknown
  `),
]);

/** C and the many languages that took its words. One list for all: a word that only some reserve is seldom a good name in the others. */
export const C_FAMILY_WORDS: ReadonlySet<string> = new Set(
  words(`
    abstract as async auto await bool boolean break byte case catch char class const constexpr continue crate default defer define defined
    delete do double dyn elif else endif enum explicit extends extern false final finally float fn for foreach friend func function go goto
    guard if ifdef ifndef impl implements import in include inline int interface internal is let long loop match mod mut namespace new nil
    noexcept null nullptr operator override package private protected protocol pub public range ref register return self short signed sizeof
    static struct super switch template this throw throws trait true try type typedef typename undef union unsafe unsigned use using val var
    virtual void volatile when where while
  `),
);

export const SCRIPT_WORDS: ReadonlySet<string> = new Set(
  words(`
    False None True and as assert async await begin break case class continue def del do done elif else elsif end ensure esac except exit
    export fi finally for from function global if import in is lambda local module next nil nonlocal not or pass raise redo require rescue
    retry return self shift super then true false try undef unless until when while with yield
  `),
);

export const DASH_WORDS: ReadonlySet<string> = new Set(
  words(`
    add all alter and as begin between by case class column constraint create data default delete deriving distinct do drop else elseif end
    exists false for foreign from function goto group having if import in index inner insert instance into is join key left let like limit
    local module newtype nil not null of on or order outer primary references repeat return right select set table then true type union
    unique until update values view where while
    ADD ALL ALTER AND AS BEGIN BETWEEN BY CASE COLUMN CONSTRAINT CREATE DEFAULT DELETE DISTINCT DROP ELSE END EXISTS FALSE FOREIGN FROM
    GROUP HAVING IF IN INDEX INNER INSERT INTO IS JOIN KEY LEFT LIKE LIMIT NOT NULL ON OR ORDER OUTER PRIMARY REFERENCES RIGHT SELECT SET
    TABLE THEN TRUE UNION UNIQUE UPDATE VALUES VIEW WHERE
  `),
);

export const LISP_WORDS: ReadonlySet<string> = new Set(
  words('and begin case cond def define defmacro defn defun do else fn if lambda let nil not or quote set true when'),
);

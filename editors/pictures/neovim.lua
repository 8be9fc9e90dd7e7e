-- What the pictures show, in Neovim: nvim -u NONE -S neovim.lua. PICTURE says which, WAFCHECK is the
-- program, EDITORS the folder of configurations, FILE the rules, READY the file that is made when all
-- is there.
vim.o.termguicolors = true
vim.o.number = true
vim.o.signcolumn = "yes"
vim.o.laststatus = 2
vim.o.showmode = false
vim.o.statusline = " %f %= %l:%c "
vim.o.shortmess = vim.o.shortmess .. "F"
vim.o.completeopt = "menuone,noinsert"
vim.cmd("syntax on")
for group, colours in pairs({
  Normal = { fg = "#d4d4d4", bg = "#1e1e1e" }, NormalFloat = { fg = "#e0e0e0", bg = "#2d3138" },
  FloatBorder = { fg = "#5a6370", bg = "#2d3138" }, Pmenu = { fg = "#d4d4d4", bg = "#2d3138" },
  PmenuSel = { fg = "#ffffff", bg = "#31527a" }, PmenuSbar = { bg = "#2d3138" },
  PmenuThumb = { bg = "#5a6370" }, SignColumn = { bg = "#1e1e1e" }, LineNr = { fg = "#6a7079" },
  NonText = { fg = "#1e1e1e" }, EndOfBuffer = { fg = "#1e1e1e" },
  StatusLine = { fg = "#d4d4d4", bg = "#31527a" }, Comment = { fg = "#7f9f7f" },
  Keyword = { fg = "#c586c0" }, String = { fg = "#ce9178" }, Operator = { fg = "#dcdcaa" },
  Macro = { fg = "#9cdcfe" }, DiagnosticError = { fg = "#f47067" },
  DiagnosticWarn = { fg = "#e0af68" }, DiagnosticInfo = { fg = "#6cb6ff" },
  DiagnosticUnderlineError = { sp = "#f47067", underline = true },
  DiagnosticUnderlineWarn = { sp = "#e0af68", underline = true },
  DiagnosticUnderlineInfo = { sp = "#6cb6ff", underline = true },
}) do
  vim.api.nvim_set_hl(0, group, colours)
end
vim.g.wafcheck_cmd = { os.getenv("WAFCHECK"), "lsp" }
vim.diagnostic.config({ virtual_text = { prefix = "■" }, severity_sort = true })
vim.cmd("source " .. os.getenv("EDITORS") .. "/neovim/wafcheck.lua")
vim.cmd("edit " .. os.getenv("FILE"))
vim.cmd("setfiletype seclang")
-- Neovim 0.7 takes no colours from the server.
vim.cmd([[syntax match Comment /^\s*#.*/]])
vim.cmd([[syntax match Keyword /^\s*Sec[A-Za-z]*/]])
vim.cmd([[syntax region String start=/"/ skip=/\\"/ end=/"/ contains=Operator,Macro]])
vim.cmd([[syntax match Operator /@[A-Za-z]\+/ contained]])
vim.cmd([[syntax match Macro /%{[^}]*}/ contained]])

local function ready()
  vim.cmd("redraw")
  vim.fn.writefile({}, os.getenv("READY"))
end
local function stand(pattern)
  vim.fn.cursor(1, 1)
  vim.fn.search(pattern)
end
local shows = {
  findings = function()
    stand("id:10001,phase:2,deny")
    vim.diagnostic.open_float({ border = "rounded", header = "", max_width = 90 })
    vim.defer_fn(ready, 500)
  end,
  hover = function()
    stand([[(?:\[a-z]])
    vim.lsp.handlers["textDocument/hover"] =
      vim.lsp.with(vim.lsp.handlers.hover, { border = "rounded" })
    vim.lsp.buf.hover()
    vim.defer_fn(ready, 1500)
  end,
  completion = function()
    stand("gt 4")
    vim.cmd("normal! h")
    vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes("ct @<C-x><C-o>", true, false, true), "t", false)
    vim.defer_fn(ready, 1500)
  end,
}
-- The search for slow expressions comes last.
local deadline = vim.loop.now() + 20000
local function wait()
  local found = 0
  for _, finding in ipairs(vim.diagnostic.get(0)) do
    if finding.code == "regex-exponential" or finding.message:find("exponential") then found = 1 end
  end
  if found == 0 and vim.loop.now() < deadline then return vim.defer_fn(wait, 100) end
  shows[os.getenv("PICTURE")]()
end
vim.defer_fn(wait, 200)

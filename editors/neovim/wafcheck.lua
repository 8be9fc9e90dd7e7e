-- SecLang in Neovim 0.7 and later, with the language server of wafcheck:
--   cp wafcheck.lua ~/.config/nvim/plugin/
-- vim.g.wafcheck_cmd is the command, where it is another one than {"wafcheck", "lsp"}.

-- Rules are files of web servers by their names: these are known by their own.
vim.filetype.add({
  extension = { seclang = "seclang" },
  pattern = {
    [".*/REQUEST%-.*%.conf"] = "seclang",
    [".*/RESPONSE%-.*%.conf"] = "seclang",
    [".*/crs%-setup%.conf.*"] = "seclang",
    [".*/modsecurity.*%.conf"] = "seclang",
    [".*/coraza.*%.conf"] = "seclang",
  },
})

-- The folder of the project: that of its configuration, of a repository, or the file's own.
local function root_of(file)
  local folder = vim.fn.fnamemodify(file, ":p:h")
  local at = folder
  while true do
    for _, name in ipairs({ "wafcheck.toml", ".coraza.json", ".git" }) do
      local path = at .. "/" .. name
      if vim.fn.filereadable(path) == 1 or vim.fn.isdirectory(path) == 1 then return at end
    end
    local above = vim.fn.fnamemodify(at, ":h")
    if above == at then return folder end
    at = above
  end
end

-- One server a project.
local clients = {}

vim.api.nvim_create_autocmd("FileType", {
  pattern = "seclang",
  callback = function(event)
    vim.bo[event.buf].commentstring = "# %s"
    local root = root_of(vim.api.nvim_buf_get_name(event.buf))
    if not clients[root] or not vim.lsp.get_client_by_id(clients[root]) then
      clients[root] = vim.lsp.start_client({
        name = "wafcheck",
        cmd = vim.g.wafcheck_cmd or { "wafcheck", "lsp" },
        root_dir = root,
        workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
      })
    end
    vim.lsp.buf_attach_client(event.buf, clients[root])
    vim.bo[event.buf].omnifunc = "v:lua.vim.lsp.omnifunc"
  end,
})

" SecLang in Vim, with the language server of wafcheck, through vim-lsp
" (github.com/prabirshrestha/vim-lsp):
"   cp wafcheck.vim ~/.vim/plugin/

augroup wafcheck
  autocmd!
  autocmd BufNewFile,BufRead *.seclang,REQUEST-*.conf,RESPONSE-*.conf setfiletype seclang
  autocmd BufNewFile,BufRead crs-setup.conf*,modsecurity*.conf,coraza*.conf setfiletype seclang
  autocmd FileType seclang setlocal commentstring=#\ %s omnifunc=lsp#complete
  autocmd User lsp_setup call lsp#register_server({
        \ 'name': 'wafcheck',
        \ 'cmd': {server_info -> ['wafcheck', 'lsp']},
        \ 'root_uri': {server_info -> lsp#utils#path_to_uri(
        \   lsp#utils#find_nearest_parent_file_directory(
        \     lsp#utils#get_buffer_path(), ['wafcheck.toml', '.coraza.json', '.git/']))},
        \ 'allowlist': ['seclang'],
        \ })
augroup END
